#!/usr/bin/env python3
"""Sealed calls without a library: docs/sealing.md in Python, the runtime's side whole and of the App's what the vectors need.

    python3 examples/sealing.py docs/sealing-vectors.json       checks itself against the vectors

Needs `cryptography` (Debian: python3-cryptography). Ristretto255 is in none of Debian's packages for Python and written out here after
RFC 9496: right, but not in constant time. A product takes it from libsodium.
"""
import base64
import hashlib
import hmac
import json
import os
import sys
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

VERSION = b"agenttown-sealed/1"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHUNK = 65_536


class Refused(Exception):
    """The App's error: a code, a sentence, and for some a tag that proves it."""

    def __init__(self, code, message, tag=None):
        super().__init__(message)
        self.error = {"code": code, "message": message, **({"data": {"tag": b64(tag)}} if tag else {})}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    try:
        return base64.b64decode(str(text).replace("-", "+").replace("_", "/") + "=" * (-len(str(text)) % 4), validate=True)
    except ValueError:
        return b""


def word(number):
    return number.to_bytes(4, "big")


def leb128(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def listed(*parts):
    raw = [part.encode() if isinstance(part, str) else part for part in parts]
    return b"".join(leb128(len(part)) + part for part in raw)


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def hkdf(secret, salt, info, length=32):
    key, block, out = mac(salt or bytes(32), secret), b"", b""
    for i in range(1, -(-length // 32) + 1):
        block = mac(key, block + info + bytes([i]))
        out += block
    return out[:length]


# --- ristretto255: RFC 9496 ---------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)


def negative(x):
    return x % P & 1


def absolute(x):
    return (P - x) % P if negative(x) else x % P


def sqrt_ratio(u, v):
    """(whether u/v is a square, its root, or that of its product with the root of -1)"""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


INVSQRT_A_MINUS_D = sqrt_ratio(1, (-1 - D) % P)[1]
SQRT_AD_MINUS_ONE = next(r for r in [sqrt_ratio((-D - 1) % P, 1)[1]] for r in (r, P - r) if r & 1)
NEUTRAL = (0, 1, 1, 0)


def add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e, g = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, h, i = g - e, d - c, d + c, g + e
    return e * f % P, h * i % P, f * h % P, e * i % P


def multiply(scalar, point):
    out = NEUTRAL
    while scalar:
        if scalar & 1:
            out = add(out, point)
        point, scalar = add(point, point), scalar >> 1
    return out


def decode(data):
    """None for what is no point."""
    s = int.from_bytes(data, "little")
    if len(data) != 32 or s >= P or negative(s):
        return None
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-(D * u1 * u1) - u2 * u2) % P
    square, inverse = sqrt_ratio(1, v * u2 * u2)
    den_x = inverse * u2 % P
    x, y = absolute(2 * s * den_x), u1 * inverse * den_x * v % P
    t = x * y % P
    return None if not square or negative(t) or y == 0 else (x, y, 1, t)


def encode(point):
    x0, y0, z0, t0 = point
    u1, u2 = (z0 + y0) * (z0 - y0) % P, x0 * y0 % P
    inverse = sqrt_ratio(1, u1 * u2 * u2)[1]
    den1, den2 = inverse * u1 % P, inverse * u2 % P
    z_inverse = den1 * den2 * t0 % P
    if negative(t0 * z_inverse):
        x, y, den = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * INVSQRT_A_MINUS_D % P
    else:
        x, y, den = x0, y0, den2
    if negative(x * z_inverse):
        y = -y
    return absolute(den * (z0 - y)).to_bytes(32, "little")


def elligator(data):
    t = int.from_bytes(data, "little") & (2**255 - 1)
    r = SQRT_M1 * t * t % P
    u, v = (r + 1) * (1 - D * D) % P, (-1 - r * D) * (r + D) % P
    square, s = sqrt_ratio(u, v)
    if not square:
        s, c = -absolute(s * t) % P, r
    else:
        c = -1
    n = (c * (r - 1) * (D - 1) ** 2 - v) % P
    w0, w1, w2, w3 = 2 * s * v, n * SQRT_AD_MINUS_ONE, 1 - s * s, 1 + s * s
    return w0 * w3 % P, w2 * w1 % P, w1 * w3 % P, w0 * w2 % P


def from_hash(data):
    return add(elligator(data[:32]), elligator(data[32:]))


# --- the exchange --------------------------------------------------------------------------------------------------------


def ends_of(gateway_id, client_id):
    return listed(VERSION, "runtime", gateway_id, "app", client_id)


def generator_of(secret, ends, sid):
    domain = b"CPaceRistretto255"
    padding = max(0, 128 - 1 - len(listed(secret)) - len(listed(domain)))
    return from_hash(hashlib.sha512(listed(domain, secret, bytes(padding), ends, sid)).digest())


def exchange(secret, ends, sid, scalar, side, other):
    """(own share, pairing key, the confirmations of both); None where the other share is no point that one draws."""
    own = encode(multiply(scalar, generator_of(secret, ends, sid)))
    point = decode(other)
    shared = encode(multiply(scalar, point)) if point else bytes(32)
    if shared == bytes(32):
        return None
    app, runtime = (own, other) if side == "app" else (other, own)
    transcript = listed(app, "app", runtime, "runtime")
    isk = hashlib.sha512(listed("CPaceRistretto255_ISK", sid, shared) + transcript).digest()
    key = hkdf(isk, sid, VERSION + b" confirmation")
    tags = {name: mac(key, listed(name, ends + sid + transcript)) for name in ("app", "runtime")}
    return own, hkdf(isk, sid, VERSION + b" pairing"), tags


def name_of(twelve):
    return b64(hashlib.sha256(VERSION + b" code " + twelve.encode()).digest()[:12])


def fingerprint_of(pairing_key):
    letters = "".join(LETTERS[byte % 32] for byte in mac(pairing_key, VERSION + b" fingerprint")[:12])
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}"


def refusal_tag(pairing_key, ends, code, up):
    return mac(hkdf(pairing_key, None, VERSION + b" refusal"), listed(ends, code, hashlib.sha256(up).digest()))


# --- a session: Noise_NNpsk0_25519_ChaChaPoly_SHA256 ---------------------------------------------------------------------


def public_of(private):
    return private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class Handshake:
    def __init__(self, pairing_key, ends, ephemeral=None):
        self.private = X25519PrivateKey.from_private_bytes(ephemeral) if ephemeral else X25519PrivateKey.generate()
        self.public = public_of(self.private)
        self.hash = self.chaining = hashlib.sha256(b"Noise_NNpsk0_25519_ChaChaPoly_SHA256").digest()
        self.mix(ends)
        self.chaining, hashed, self.key = self.derive(pairing_key, 3)
        self.mix(hashed)

    def derive(self, secret, outputs):
        data = hkdf(secret, self.chaining, b"", 32 * outputs)
        return [data[32 * i : 32 * i + 32] for i in range(outputs)]

    def mix(self, data):
        self.hash = hashlib.sha256(self.hash + data).digest()

    def mix_key(self, secret):
        self.chaining, self.key = self.derive(secret, 2)

    def ephemeral(self, key):
        self.mix(key)
        self.mix_key(key)

    def end(self):
        """The tag of an empty payload; each key here seals one."""
        tag = ChaCha20Poly1305(self.key).encrypt(bytes(12), b"", self.hash)
        self.mix(tag)
        return tag

    def check(self, tag):
        if not hmac.compare_digest(self.end(), tag):
            raise Refused("seal_broken", "hello was not written with the key of this pairing.")

    def first(self):
        self.ephemeral(self.public)
        return self.public + self.end()

    def read_first(self, hello):
        self.ephemeral(hello[:32])
        self.check(hello[32:])

    def second(self, hello):
        self.ephemeral(self.public)
        self.mix_key(self.private.exchange(X25519PublicKey.from_public_bytes(hello[:32])))
        return self.public + self.end()

    def keys(self):
        """(up, down, the session's name)"""
        return (*self.derive(b"", 2), self.hash[:8])


# --- what is sealed ------------------------------------------------------------------------------------------------------


def bucket_of(length):
    if length <= 256:
        return 256
    exponent = length.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-length // step) * step


def call_key(session_key, n, call_id):
    return mac(session_key, listed(VERSION + b" call", word(n), call_id))


def seal(key, m, ends, kind, call_id, seq, value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    text = text.ljust(bucket_of(len(text)))
    data, cipher, out = listed(ends, kind, call_id, word(seq)), ChaCha20Poly1305(key), b""
    for i in range(0, len(text), CHUNK):
        nonce = word(m) + word(i // CHUNK) + word(i + CHUNK >= len(text))
        out += cipher.encrypt(nonce, text[i : i + CHUNK], data)
    return out


def unseal(key, m, ends, kind, call_id, seq, chunks):
    data, cipher, size, text = listed(ends, kind, call_id, word(seq)), ChaCha20Poly1305(key), CHUNK + 16, b""
    for i in range(0, max(1, len(chunks)), size):
        nonce = word(m) + word(i // size) + word(i + size >= len(chunks))
        text += cipher.decrypt(nonce, chunks[i : i + size], data)
    return json.loads(text)


# --- the runtime ---------------------------------------------------------------------------------------------------------


class SealedCall:
    """A call that was opened: what is asked, and how its steps and its answer leave."""

    def __init__(self, ends, down, call_id, asked):
        self.ends, self.down, self.id = ends, down, call_id
        self.method, self.params, self.m = asked["method"], asked.get("params"), 0

    def say(self, kind, seq, value):
        m, self.m = self.m, self.m + 1
        return {"sealed": b64(b"\x01" + word(m) + seal(self.down, m, self.ends, kind, self.id, seq, value))}


class SealedRuntime:
    """Who sealed a pairing with this runtime (`keys`: client id to key), and the code that it shows."""

    def __init__(self, keys, keep):
        self.keys, self.keep = keys, keep
        self.code, self.begun, self.sessions, self.wrong = None, {}, {}, []

    def show(self, access_code):
        """The code of sixteen characters."""
        twelve = access_code.replace("-", "").upper()[-12:]
        four = "".join(LETTERS[byte % 32] for byte in os.urandom(4))
        self.code = {"twelve": twelve, "four": four, "guesses": 3, "until": time.monotonic() + 720}
        return f"{access_code}-{four}"

    def pair(self, params, gateway_id, client_id):
        code, begun = self.code, self.begun.pop(client_id, None)
        self.wrong = [at for at in self.wrong if at > time.monotonic() - 86_400]
        if not code or len(self.wrong) >= 12 or client_id in self.keys or time.monotonic() > code["until"]:
            raise Refused("seal_code_unknown", "No such code waits here.")
        if "confirm" not in params:
            if params.get("code") != name_of(code["twelve"]):
                raise Refused("seal_code_unknown", "No such code waits here.")
            scalar = int.from_bytes(os.urandom(64), "little") % ORDER
            secret, sid = (code["twelve"] + code["four"]).encode(), unb64(params.get("sid"))
            done = exchange(secret, ends_of(gateway_id, client_id), sid, scalar, "runtime", unb64(params.get("share")))
            if not done or len(sid) != 16:
                raise Refused("seal_broken", "share is no point that an App draws, or sid not 16 bytes.")
            self.begun = dict(list(self.begun.items())[-15:], **{client_id: (code, done)})
            return {"share": b64(done[0])}
        if not begun or begun[0] is not code:
            raise Refused("seal_code_unknown", "No such code waits here.")
        _, pairing_key, tags = begun[1]
        if not hmac.compare_digest(tags["app"], unb64(params["confirm"])):
            code["guesses"] -= 1
            self.wrong.append(time.monotonic())
            if not code["guesses"]:
                self.code = None
                print("Three wrong guesses: the last four characters of the code are dead.", flush=True)
            raise Refused("seal_mismatch", "The last four characters of the code are wrong.")
        self.code, self.keys[client_id] = None, pairing_key
        self.keep()
        print(f"Sealed: {fingerprint_of(pairing_key)}", flush=True)
        return {"confirm": b64(tags["runtime"])}

    def open(self, params, gateway_id, client_id):
        key, hello = self.keys.get(client_id), unb64(params.get("hello"))
        if not key:
            raise Refused("seal_pairing_unknown", "This runtime does not know the pairing: pair anew.")
        handshake = Handshake(key, ends_of(gateway_id, client_id))
        handshake.read_first(hello)
        answer = handshake.second(hello)
        up, down, name = handshake.keys()
        # What was never used makes room first: a relay can ask for sessions with words that it heard.
        mine = {**self.sessions.get(client_id, {}), name: {"up": up, "down": down, "taken": set(), "at": time.monotonic()}}
        fresh = [each for each in mine if not mine[each]["taken"]][:-8]
        old = [each for each in mine if mine[each]["at"] < time.monotonic() - 7200]
        self.sessions[client_id] = {each: mine[each] for each in mine if each not in fresh + old}
        return {"hello": b64(answer)}

    def read(self, params, gateway_id, client_id):
        """Opens a call of an App that is sealed."""
        ends, key, up = ends_of(gateway_id, client_id), self.keys[client_id], unb64((params or {}).get("sealed"))
        if len(up) < 14 or up[0] != 1:
            raise Refused("seal_broken", "params is nothing that was sealed.")
        name, n, call_id, chunks = up[1:9], int.from_bytes(up[9:13], "big"), up[14 : 14 + up[13]], up[14 + up[13] :]
        session = self.sessions.get(client_id, {}).get(name)
        code = "seal_repeated" if session and n in session["taken"] else None if session else "seal_session_unknown"
        if code:
            raise Refused(code, "The call is not run here, or not again.", refusal_tag(key, ends, code, up))
        try:
            asked = unseal(call_key(session["up"], n, call_id), 0, ends, "call", call_id, 0, chunks)
        except Exception as error:
            raise Refused("seal_broken", "The call is not what the App sealed.") from error
        session["taken"].add(n)
        return SealedCall(ends, call_key(session["down"], n, call_id), call_id, asked)


def check(file):
    """Every vector, made and read."""
    with open(file, encoding="utf-8") as opened:
        v = json.load(opened)
    x, s, code = v["exchange"], v["session"], v["code"]
    ends, sid = ends_of(**{"gateway_id": v["ends"]["gatewayId"], "client_id": v["ends"]["clientId"]}), bytes.fromhex(x["sid"])
    twelve = code["accessCode"].replace("-", "")[2:]
    secret = (twelve + code["seal"]).encode()
    same = []
    same += [ends.hex() == x["ends"], name_of(twelve) == x["name"]]
    same += [encode(generator_of(secret, ends, sid)).hex() == x["generator"]]
    for side, other in (("app", "runtime"), ("runtime", "app")):
        scalar = int.from_bytes(bytes.fromhex(x["scalars"][side]), "little")
        share, key, tags = exchange(secret, ends, sid, scalar, side, bytes.fromhex(x["shares"][other]))
        same += [share.hex() == x["shares"][side], key.hex() == x["pairingKey"]]
        same += [tags[each].hex() == x["confirmations"][each] for each in tags]
    same += [fingerprint_of(key) == x["fingerprint"]]
    same += [exchange(secret, ends, sid, 7, "app", bad) is None for bad in (bytes(32), b"\xff" * 32, b"")]
    app, runtime = (Handshake(key, ends, bytes.fromhex(s["ephemerals"][side])) for side in ("app", "runtime"))
    hello = app.first()
    runtime.read_first(hello)
    same += [hello.hex() == s["hellos"]["app"], runtime.second(hello).hex() == s["hellos"]["runtime"]]
    up, down, name = runtime.keys()
    same += [up.hex() == s["up"], down.hex() == s["down"], name.hex() == s["name"]]
    call = v["call"]
    sealed = unb64(call["sealed"])
    up_key, down_key = (call_key(each, call["n"], call["id"]) for each in (up, down))
    mine = b"\x01" + name + word(call["n"]) + bytes([len(call["id"])]) + call["id"].encode()
    same += [mine + seal(up_key, 0, ends, "call", call["id"], 0, call["json"]) == sealed]
    same += [unseal(up_key, 0, ends, "call", call["id"], 0, sealed[len(mine) :]) == call["json"]]
    for kind, what in (("progress", v["progress"]), ("answer", v["answer"]), ("answer", v["error"])):
        made = b"\x01" + word(what["m"]) + seal(down_key, what["m"], ends, kind, call["id"], 0, what["json"])
        same += [b64(made) == what["sealed"], unseal(down_key, what["m"], ends, kind, call["id"], 0, made[5:]) == what["json"]]
    large = v["large"]
    value = {"result": large["letter"] * large["times"]}
    made = b64(b"\x01" + word(large["m"]) + seal(down_key, large["m"], ends, "answer", call["id"], 0, value))
    same += [hashlib.sha256(made.encode()).hexdigest() == large["sha256"]]
    same += [refusal_tag(key, ends, v["refusal"]["code"], sealed).hex() == v["refusal"]["tag"]]
    same += [bucket_of(length) == bucket for length, bucket in v["buckets"]]
    if not all(same):
        raise SystemExit(f"{same.count(False)} of {len(same)} are not the same.")
    print(f"{len(same)} comparisons: every vector holds.")


if __name__ == "__main__":
    check(sys.argv[1])
