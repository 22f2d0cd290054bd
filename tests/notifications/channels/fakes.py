"""The other ends of the channels, as their documentation has them."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from hmac import compare_digest, new
from typing import Any

from tests.notifications.https_server import Asked, HttpsServer, Said


class GatewayAPI(HttpsServer):
    """https://gatewayapi.com/docs/apis/rest/: POST /rest/mtsms, `Authorization: Token …`, an id for each message; GET
    /rest/mtsms/<id> what became of it.

    `refuses` maps numbers to a status and a code of https://gatewayapi.com/docs/error-codes. `became` maps numbers to
    a state of »States and status codes« and the seconds of it; the others' messages are on their way.
    """

    TOKEN = "Go-Create-an-API-token"

    def __init__(self, name: str = "gatewayapi.com") -> None:
        super().__init__(name, self._answers)
        self.refuses: dict[int, tuple[int, str]] = {}
        self.became: dict[int, tuple[str, float | None]] = {}
        self.taken: dict[str, Any] = {}

    def asked_for(self) -> list[str]:
        """The ids whose fate was asked for, one after the other."""
        return [asked.path.rpartition("/")[2] for asked in self.asked if asked.method == "GET"]

    def _answers(self, asked: Asked) -> Said:
        if asked.headers["authorization"] != f"Token {self.TOKEN}":
            return Said(401, {"code": "0x0210", "message": "Invalid username: %1", "variables": ["x"]})
        if asked.method == "GET":
            return self._tells(self.taken.get(asked.path.removeprefix("/rest/mtsms/")))
        if asked.path != "/rest/mtsms":
            return Said(404)
        number = asked.document["recipients"][0]["msisdn"]
        if number in self.refuses:
            status, code = self.refuses[number]
            return Said(status, {"code": code, "incident_uuid": "d8127429", "message": f"MSISDN {number}"})
        name = 421332671 + len(self.taken)
        self.taken[str(name)] = asked.document | {"id": name}
        return Said(200, {"ids": [name], "usage": {"countries": {"DK": 1}, "currency": "DKK", "total_cost": 0.1}})

    def _tells(self, message: Any) -> Said:
        if message is None:  # or not yet where it is looked for
            return Said(404, {"code": "0x0102", "message": "Not found"})
        number = message["recipients"][0]["msisdn"]
        state, at = self.became.get(number, ("ENROUTE", None))
        one = {"country": "DK", "csms": 1, "dsnerror": None, "dsnerrorcode": None, "dsnstatus": state, "dsntime": at}
        return Said(200, [message | {"recipients": [one | {"msisdn": number, "senttime": 1498040069.0}]}])


class CPSMS(HttpsServer):
    """https://api.cpsms.dk/documentation/: POST /v2/send, Basic with user and key, a cost for each number.

    `refuses` maps numbers to an error code, `as_status` tells whether it comes as the status of the answer.
    """

    USER, KEY = "larsvindeler", "18bf8100-d5e2-4660"

    def __init__(self) -> None:
        super().__init__("api.cpsms.dk", self._answers)
        self.refuses: dict[str, int] = {}
        self.as_status = True

    def _answers(self, asked: Asked) -> Said:
        words = b64encode(f"{self.USER}:{self.KEY}".encode()).decode()
        if asked.headers["authorization"] != f"Basic {words}":
            return Said(401, {"error": {"code": 401, "message": "Unauthorized"}})
        if asked.path != "/v2/send":
            return Said(404, {"error": {"code": 404, "message": "Not Found"}})
        number = asked.document["to"]
        if number in self.refuses:
            code = self.refuses[number]
            one = {"errorCode": code, "errMsg": f"Phone number {number}", "to": number}
            return Said(code if self.as_status else 207, {"error": [one]})
        return Said(200, {"success": [{"to": number, "cost": 1}]})


class PowerAutomate(HttpsServer):
    """The start of a workflow by its address: 202, and the name of the run. A wrong signature is 401."""

    NAME = "prod-01.westeurope.logic.azure.com"
    WORKFLOW, SIGNATURE = "643e69f83c8944438d68119179a10a64", "hemmelig-underskrift_1"
    ADDRESS = (
        f"https://{NAME}:443/workflows/{WORKFLOW}/triggers/manual/paths/invoke"
        f"?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
    )

    def __init__(self) -> None:
        super().__init__(self.NAME, self._answers)
        self.says: Said | None = None

    def _answers(self, asked: Asked) -> Said:
        if self.says is not None:
            return self.says
        if f"sig={self.SIGNATURE}" not in asked.path:
            return Said(401, {"error": {"code": "DirectApiAuthorizationRequired"}})
        if not asked.path.startswith(f"/workflows/{self.WORKFLOW}/triggers/manual/paths/invoke?"):
            return Said(404, {"error": {"code": "WorkflowNotFound"}})
        return Said(202, headers={"x-ms-workflow-run-id": "08584533"})


class NtfyServer(HttpsServer):
    """https://docs.ntfy.sh/publish/#publish-as-json: POST / with topic and message; the message as JSON back.

    `protected` maps topics to the `Authorization` that they ask for.
    """

    def __init__(self, name: str = "ntfy.sh") -> None:
        super().__init__(name, self._answers)
        self.protected: dict[str, str] = {}
        self.says: Said | None = None

    def _answers(self, asked: Asked) -> Said:
        topic = asked.document["topic"]
        if self.says is not None:
            return self.says
        if topic in self.protected and asked.headers.get("authorization") != self.protected[topic]:
            return Said(403, {"code": 40301, "http": 403, "error": "forbidden"})
        return Said(200, {"id": "sPs71M8A2T", "time": 1643935928, "event": "message", "topic": topic})


class Receiver(HttpsServer):
    """Somebody's program, which believes what is signed as Standard Webhooks has it, and answers 204."""

    NAME, SECRET = "modtager.example.org", b"thirty-two bytes of made-up key!"
    ADDRESS = f"https://{NAME}/hook?kommune=aarhus"

    def __init__(self) -> None:
        super().__init__(self.NAME, self._answers)
        self.says = Said(204)

    @classmethod
    def secret(cls) -> str:
        return f"whsec_{b64encode(cls.SECRET).decode()}"

    def _answers(self, asked: Asked) -> Said:
        identifier, stamp = asked.headers["webhook-id"], asked.headers["webhook-timestamp"]
        signed = b".".join([identifier.encode(), stamp.encode(), asked.body])
        expected = b"v1," + b64encode(new(self.SECRET, signed, sha256).digest())
        if not compare_digest(asked.headers["webhook-signature"].encode(), expected):
            return Said(401)
        return self.says
