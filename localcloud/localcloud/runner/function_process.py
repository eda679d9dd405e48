"""The process of one call of a function: reads the event, writes what the handler returned."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def main() -> None:
    given = json.loads(sys.stdin.read())
    # This file's folder must not hide modules of the standard library or of the function.
    sys.path[0] = os.getcwd()
    module, _, name = sys.argv[1].rpartition(".")
    context = SimpleNamespace(
        aws_request_id=os.environ["AWS_LAMBDA_REQUEST_ID"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
    )
    answer: dict[str, Any]
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
        answer = {"value": json.loads(json.dumps(handler(given["event"], context)))}
    except BaseException as error:
        traceback.print_exc()
        answer = {"error": {"errorType": type(error).__name__, "errorMessage": str(error)}}
    Path(given["result"]).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
