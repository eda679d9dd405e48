"""How settings are declared and checked: types of values, rules, and how problems are reported."""
