"""What a client was asked to do, and what came of it: one JSON line for each step."""
import json


def tell(step, ok, said=""):
    print(json.dumps({"step": step, "ok": ok, "said": str(said)}), flush=True)


def reasons(error):
    """The texts of an exception, those inside a group too."""
    inner = getattr(error, "exceptions", None)
    if inner:
        return "; ".join(reasons(one) for one in inner)
    return f"{type(error).__name__}: {error}"


async def attempt(step, action, said):
    try:
        tell(step, True, said(await action()))
    except BaseException as error:  # a client's own errors are exceptions of many kinds, groups among them
        tell(step, False, reasons(error))


async def tell_all(list_tools, call, said):
    """Steps that every client is asked for; said: the text of a tool's result."""
    await attempt("list", list_tools, lambda tools: " ".join(sorted(tools)))
    await attempt("call", lambda: call("echo", {"message": "hello"}), said)
    await attempt("step-up", lambda: call("count", {"n": 1}), said)
    await attempt("refusal", lambda: call("whoami", {}), said)
