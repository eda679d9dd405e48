"""Working hours: when the controller sleeps, and the page that wakes it."""
