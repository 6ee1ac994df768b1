#!/usr/bin/env python3
"""A runtime without a library: registers, shows its code, stays connected and answers `echo`, `count` and `agenttown.status`.

    python3 examples/runtime.py [server URL]        default http://127.0.0.1:8787

AGENTTOWN_PAIRING_TOKEN is the server's registration token, where it has one. The identity is kept in AGENTTOWN_RUNTIME_FILE
when that is set, so that paired Apps stay paired after a restart. Needs `websockets` (Debian: python3-websockets), 10 or newer; where
there is `cryptography` (python3-cryptography) the code has sixteen characters, and calls are sealed (sealing.py beside this file).
"""
import asyncio
import json
import os
import random
import sys
import urllib.error
import urllib.request

import websockets

try:
    import sealing
except ImportError:
    sealing = None

SERVER = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("AGENTTOWN_PAIRING_URL", "http://127.0.0.1:8787")
TOKEN = os.environ.get("AGENTTOWN_PAIRING_TOKEN")
FILE = os.environ.get("AGENTTOWN_RUNTIME_FILE")
FRAME_BYTES = 30_000


class Lost(Exception):
    """The relay does not know this runtime any more."""


def http(method, url, credential=None, body=None):
    """One request; (status, answer). An answer that is no JSON is a portal's, not the relay's."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    if credential:
        headers["authorization"] = f"Bearer {credential}"
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        is_own = error.headers.get_content_type() == "application/problem+json"
        return error.code, json.loads(error.read()) if is_own else None


class Runtime:
    def __init__(self):
        self.identity = self.load()
        self.tasks, self.answers, self.steps = {}, {}, {}
        self.socket, self.serial = None, 0
        kept = {client: sealing.unb64(key) for client, key in self.identity.get("sealed", {}).items()} if sealing else {}
        self.seal = sealing.SealedRuntime(kept, self.save) if sealing else None

    def load(self):
        try:
            with open(FILE) as file:
                return json.load(file)
        except (OSError, TypeError, ValueError):
            return {}

    def register(self):
        """Makes this runtime known, as the one that it was where that is still known."""
        body = {"runtimeType": "example-python", "displayName": "Python example", "capabilities": ["echo", "count"]}
        kept = {name: self.identity[name] for name in ("gatewayId", "relaySecret") if name in self.identity}
        status, answer = http("POST", f"{SERVER}/api/relay/register", TOKEN, {**body, **kept})
        if status in (401, 403) and answer and kept:
            status, answer = http("POST", f"{SERVER}/api/relay/register", TOKEN, body)
        if status >= 300 or not answer:
            raise SystemExit(f"The registration was answered with {status}.")
        self.identity = answer
        self.save()
        code = self.seal.show(answer["accessCode"]) if self.seal else answer["accessCode"]
        print(f"Code for the App: {code} (until {answer['accessCodeExpiresAt']})", flush=True)

    def save(self):
        """Readable by its owner alone, as a whole: the file before stays until the next is there."""
        if not FILE:
            return
        kept = {name: self.identity[name] for name in ("gatewayId", "relaySecret")}
        if self.seal:
            kept["sealed"] = {client: sealing.b64(key) for client, key in self.seal.keys.items()}
        with open(os.open(f"{FILE}.tmp", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(kept, file)
        os.replace(f"{FILE}.tmp", FILE)

    async def is_lost(self):
        url = f"{SERVER}/api/relay/status"
        try:
            status, answer = await asyncio.to_thread(http, "GET", url, self.identity["relaySecret"])
        except OSError:
            return False
        return status == 401 and answer is not None

    async def send(self, frame):
        """On the newest socket; one that has gone loses it, and `relay.pending` will tell."""
        try:
            if self.socket:
                await self.socket.send(json.dumps(frame))
        except websockets.ConnectionClosed:
            pass

    async def ask(self, method, params):
        self.serial += 1
        await self.send({"jsonrpc": "2.0", "id": f"ask-{self.serial}", "method": method, "params": params})

    async def say(self, command_id):
        """Sends the answer of a command that has one, by HTTPS where it is larger than a frame."""
        frame = self.answers[command_id]
        if len(json.dumps(frame)) <= FRAME_BYTES:
            return await self.send(frame)
        url = f"{SERVER}/api/relay/replies/{command_id}"
        for attempt in range(8):
            status, _ = await asyncio.to_thread(http, "POST", url, self.identity["relaySecret"], frame)
            if status < 429 or status == 501:
                return None
            await asyncio.sleep(0.2 * 2**attempt)
        return None

    async def run(self, frame):
        command_id, meta = frame["id"], frame.get("meta") or {}
        seq, sealed = 0, None

        async def progress(data):
            nonlocal seq
            params = {"id": command_id, "seq": seq, "data": sealed.say("progress", seq, data) if sealed else data}
            seq += 1
            await self.send({"jsonrpc": "2.0", "method": "relay.progress", "params": params})

        try:
            params = frame.get("params")
            if "paramsUrl" in meta:
                _, params = await asyncio.to_thread(http, "GET", meta["paramsUrl"], self.identity["relaySecret"])
            method = frame["method"]
            if self.seal and (method.startswith("seal.") or meta.get("clientId") in self.seal.keys):
                sealed, outcome = self.unseal(method, params, meta["clientId"])
                if sealed:
                    method, params = sealed.method, sealed.params
            else:
                outcome = None
            outcome = outcome or {"result": await self.call(method, params, progress)}
        except asyncio.CancelledError:
            outcome = {"error": {"code": "cancelled", "message": "The App cancelled the call."}}
        except (LookupError, TypeError, ValueError) as error:
            code = -32601 if isinstance(error, LookupError) else -32602
            outcome = {"error": {"code": code, "message": str(error)}}
        if sealed:
            outcome = {"result": sealed.say("answer", 0, outcome)}
        # The relay handles frames side by side: the count has it wait for steps that the answer overtakes.
        self.answers[command_id] = {"jsonrpc": "2.0", "id": command_id, **outcome, "meta": {"steps": seq}}
        await self.say(command_id)

    def unseal(self, method, params, client_id):
        """(the sealed call, None), or (None, what is answered plainly)"""
        answers = {"seal.pair": self.seal.pair, "seal.open": self.seal.open}
        gateway_id = self.identity["gatewayId"]
        try:
            if method in answers:
                return None, {"result": answers[method](params or {}, gateway_id, client_id)}
            if method != "sealed":
                raise sealing.Refused("seal_required", "This App has sealed its pairing: it calls sealed.")
            return self.seal.read(params, gateway_id, client_id), None
        except sealing.Refused as refused:
            return None, {"error": refused.error}

    async def call(self, method, params, progress):
        print(f"Asked for {method}.", flush=True)
        if method == "agenttown.status":
            return {"ok": True, "runtime": "example-python"}
        if method == "echo":
            return params
        if method == "count":
            to = params.get("to") if isinstance(params, dict) else None
            if not isinstance(to, int) or not 1 <= to <= 100:
                raise ValueError("params.to must be 1 to 100")
            for n in range(1, to + 1):
                await progress({"n": n})
                if n < to:
                    await asyncio.sleep(1)
            return {"counted": to}
        raise LookupError(f"There is no method {method}")

    async def take(self, frame):
        """Each command once, whichever way and however often it comes; one that has its answer is told it again."""
        command_id = frame.get("id")
        if command_id in self.answers:
            await self.say(command_id)
        elif command_id not in self.tasks:
            self.tasks[command_id] = asyncio.create_task(self.run(frame))

    async def hear(self, frame):
        """Gives the policy of the relay where the frame brings it."""
        result = frame.get("result")
        if frame.get("type") == "req":
            await self.take(frame)
        elif frame.get("event") == "relay.cancel":
            task = self.tasks.get(frame["params"]["id"])
            if task:
                task.cancel()
        elif frame.get("event") == "relay.pending":
            await self.ask("relay.pending", {})
        elif isinstance(result, dict) and "calls" in result:
            for command in result["calls"]:
                await self.take(command)
            if result.get("next"):
                await self.ask("relay.pending", {"after": result["next"]})
        elif isinstance(result, dict) and "keepaliveMs" in result:
            return result
        return None

    async def serve(self, renewed):
        """One socket: hello, what is owed, signs of life, and the next one before it is too old."""
        headers = {"Authorization": f"Bearer {self.identity['relaySecret']}"}
        async with websockets.connect(self.identity["relayUrl"], extra_headers=headers, max_size=None, ping_interval=None) as socket:
            self.socket, keeper, code = socket, None, None
            renewed.set()
            await self.ask("relay.hello", {"features": ["params-by-reference", "pending"]})
            await self.ask("relay.pending", {})
            try:
                async for text in socket:
                    frame = json.loads(text)
                    if frame.get("event") == "relay.closing":
                        code = frame["params"]["code"]
                    policy = await self.hear(frame)
                    if policy and not keeper:
                        keeper = asyncio.create_task(self.keep(socket, policy))
            except websockets.ConnectionClosed:
                pass
            finally:
                if keeper:
                    keeper.cancel()
            return code

    async def keep(self, socket, policy):
        """Signs of life, and a successor in time."""
        loop = asyncio.get_running_loop()
        renew_at = loop.time() + policy["reconnectAfterMs"] / 1000 * random.uniform(0.8, 0.95)
        while loop.time() < renew_at:
            await asyncio.sleep(min(policy["keepaliveMs"] / 1000 * 0.8, max(0, renew_at - loop.time())))
            await socket.send(json.dumps({"type": "ping"}))
        renewed = asyncio.Event()
        successor = asyncio.create_task(self.stay(renewed))
        await renewed.wait()
        await asyncio.sleep(0.5)
        asyncio.get_running_loop().create_task(socket.close())
        await asyncio.shield(successor)

    async def stay(self, renewed):
        """Comes back with jitter, twice as late each time up to 30 s."""
        wait = 0.5
        while True:
            began = asyncio.get_running_loop().time()
            code = None
            try:
                code = await self.serve(renewed)
            except (OSError, websockets.WebSocketException):
                pass
            if self.socket and self.socket.open:
                return
            if code == 4008:
                print("Another process has this identity.", flush=True)
                await asyncio.sleep(60)
            elif await self.is_lost():
                self.register()
            if asyncio.get_running_loop().time() - began > 60:
                wait = 0.5
            await asyncio.sleep(wait * random.uniform(0.5, 1))
            wait = min(30, wait * 2)


async def main():
    runtime = Runtime()
    runtime.register()
    await runtime.stay(asyncio.Event())
    # A successor serves.
    await asyncio.Future()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
