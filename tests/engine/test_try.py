from tests.engine.conftest import *
from tests.support.engine import platform_program
import time, json
FULL={"watch":{"email_addresses":["a@example.com"],"webhooks":{"pager":"https://x.example/y"},"alarms":{"composite":True},"log_key":{},"flow_logs":{},"prometheus":True},"schedule":{"time_zone":"Europe/Vienna","windows":[{"start":"07:00","end":"19:00"}],"holidays":["2026-12-25"],"wake_page":True},"budget":{"monthly_usd":100}}
def test_it(make_stack, cloud):
    stack=make_stack(platform_program(FULL))
    t=time.time()
    try:
        out=stack.up()
    except Exception as e:
        print("\n".join(stack.errors)[:6000]); raise
    print("up", time.time()-t, len(stack.resources()))
    t=time.time(); stack.up(); print("same", time.time()-t, stack.changes)
    t=time.time(); stack.refresh(); print("refresh", time.time()-t, stack.changes)
    stack.up(); print("same", stack.changes)
    print(json.dumps(cloud.recorded())[:1500])
    print(out)
