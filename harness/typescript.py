"""TypeScript declarations of the hosted component, generated from its schema.

They replace the SDK that `pulumi package add` would generate, whose generator needs a language
host. Other packages are declared only as far as examples use them, without types.
"""

from __future__ import annotations

from typing import Any

_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}
_OTHERS = """\
declare module "@pulumi/pulumi" {
    export interface Output<T> { apply<U>(f: (value: T) => U): Output<U>; }
    export type Input<T> = T | Promise<T> | Output<T>;
    export function interpolate(texts: TemplateStringsArray, ...values: any[]): Output<string>;
}
declare module "@pulumi/aws" {
    export const s3: any;
    export const ec2: any;
    export const vpc: any;
}
"""


def declarations(schema: dict[str, Any], token: str) -> str:
    """A module ``@jenkins-platform/aws`` with the component and the types of its inputs."""
    component = schema["resources"][token]
    types = [_declared(name, body) for name, body in schema["types"].items()]
    inputs = _members(component["inputProperties"], component.get("requiredInputs", []))
    outputs = "".join(
        f"readonly {name}: pulumi.Output<{_type(d)}>; "
        for name, d in component["properties"].items()
    )
    return (
        f'{_OTHERS}declare module "@jenkins-platform/aws" {{\n'
        f'import * as pulumi from "@pulumi/pulumi";\n{"".join(types)}'
        f"export interface JenkinsPlatformArgs {{ {inputs} }}\n"
        f"export class JenkinsPlatform {{ {outputs}"
        f"constructor(name: string, args?: JenkinsPlatformArgs); }}\n}}\n"
    )


def _declared(name: str, body: dict[str, Any]) -> str:
    short = name.rsplit(":", 1)[-1]
    if "enum" in body:
        values = " | ".join(f'"{v["value"]}"' for v in body["enum"])
        return f"export type {short} = {values};\n"
    members = _members(body.get("properties", {}), body.get("required", []))
    return f"export interface {short} {{ {members} }}\n"


def _members(properties: dict[str, Any], required: list[str]) -> str:
    return "".join(
        f"{name}{'' if name in required else '?'}: {_input(d)}; " for name, d in properties.items()
    )


def _input(definition: dict[str, Any]) -> str:
    kind = _type(definition)
    return kind if definition.get("plain") else f"pulumi.Input<{kind}>"


def _type(definition: dict[str, Any]) -> str:
    if reference := definition.get("$ref"):
        return "any" if reference.startswith("pulumi.json") else str(reference.rsplit(":", 1)[-1])
    kind = definition["type"]
    if kind == "array":
        return f"Array<{_input(definition['items'])}>"
    if kind == "object":
        return f"Record<string, {_input(definition['additionalProperties'])}>"
    return _PLAIN[kind]
