"""What sample people fill in: made-up values for every form of the example workflows."""

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

Answer = Callable[[random.Random], dict[str, Any]]
"""The values of a form."""

_TICKETS: Final = (
    ("Printer on floor 3 prints in green only", "Since this morning everything comes out green, photographs too."),
    ("Invoice 4711 counts the delivery twice", "The delivery stands in line 2 and in line 9."),
    ("How do I share a folder with a guest?", "Our auditor needs to read, not to write."),
    ("Nobody can sign in", "All of our branch, since eight o'clock. The page stays white."),
    ("Export stops at 65,536 rows", "The file ends in the middle of March."),
    ("Password of a colleague who left", "Her mailbox holds the contract that we need by tomorrow."),
    ("The new phone does not ring", "It shows the call, and says nothing."),
    ("Wrong address on the receipt", "We moved in spring; the receipt does not know it yet."),
)
_ALERTS: Final = (
    ("disk-7", "Disk 7 is full"),
    ("queue-age", "The oldest job has waited for an hour"),
    ("certificate", "A certificate ends in two days"),
    ("latency", "One page in ten takes longer than two seconds"),
)
_REASONS: Final = ("A cough that does not end", "A twisted ankle", "Fever since yesterday", "Dizzy in the mornings")
_CUSTOMERS: Final = ("Ada Byron", "Alan Mathison", "Grace Murray", "Edsger Wybe", "Barbara Jane", "Niklaus Emil")

INPUTS: Final[Mapping[str, Answer]] = {
    "support_desk": lambda chance: dict(
        zip(("subject", "body"), chance.choice(_TICKETS), strict=True), customer=chance.choice(_CUSTOMERS)
    ),
    "support_agent": lambda chance: dict(
        zip(("subject", "body"), chance.choice(_TICKETS), strict=True), customer=chance.choice(_CUSTOMERS)
    ),
    "on_call": lambda chance: dict(zip(("alert", "summary"), chance.choice(_ALERTS), strict=True)),
    "clinical_intake": lambda chance: {
        "patient": f"P-{chance.randrange(1_000_000):06}",
        "reason": chance.choice(_REASONS),
    },
    "loan_approval": lambda chance: {
        "applicant": chance.choice(_CUSTOMERS),
        "amount": chance.choice((5_000, 12_000, 20_000, 60_000, 120_000)),
        "months": chance.choice((12, 24, 36, 60, 120)),
    },
    "document_batch": lambda chance: {
        "sender": chance.choice(_CUSTOMERS),
        "documents": [
            {"name": f"scan-{number}.pdf", "pages": chance.randint(1, 12)} for number in range(chance.randint(1, 4))
        ],
    },
}
"""What a case starts with, by the key of its workflow."""

TITLES: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "support_desk": lambda given: f"Sample: {given['subject']}",
    "support_agent": lambda given: f"Sample: {given['subject']}",
    "on_call": lambda given: f"Sample: {given['summary']}",
    "clinical_intake": lambda given: f"Sample: {given['reason']}",
    "loan_approval": lambda given: f"Sample: {given['amount']:,} for {given['applicant']}",
    "document_batch": lambda given: f"Sample: {len(given['documents'])} documents from {given['sender']}",
}

ANSWERS: Final[Mapping[str, Answer]] = {
    "triage": lambda chance: {
        "topic": chance.choices(("fault", "how_to", "billing"), (5, 3, 2))[0],
        "severity": chance.choices(("low", "normal", "critical"), (3, 5, 2))[0],
    },
    "lead": lambda chance: {
        "decision": chance.choices(("work_on_it", "refuse"), (8, 2))[0],
        "promise": "An answer by tomorrow noon.",
    },
    "resolve": lambda chance: {
        "solution": chance.choice(("Replaced the part.", "Corrected the entry.", "Wrote down the steps.")),
        "minutes": chance.randint(3, 45),
    },
    "check": lambda chance: chance.choices(({"holds": True}, {"holds": False, "reason": "Not for guests."}), (4, 1))[0],
    "close": lambda chance: {
        "answer": "It works again; thank you for telling us.",
        "satisfaction": chance.randint(3, 5),
    },
    "intake": lambda chance: {"identified": True, "purpose": chance.choice(("home", "car", "business", "other"))},
    "credit": lambda chance: {"passed": True, "score": chance.randint(480, 900)},
    "income": lambda chance: {"passed": True, "monthly": chance.randrange(1_800, 7_500, 100)},
    "collateral": lambda chance: {"passed": True, "worth": chance.randrange(50_000, 400_000, 5_000)},
    "decide": lambda chance: {
        "decision": chance.choices(("approve", "refuse", "more"), (6, 3, 1))[0],
        "reason": "By the checks, as they stand.",
    },
    "second": lambda chance: {"agrees": chance.choices((True, False), (9, 1))[0]},
    "sign": lambda chance: {"contract": f"SA-{chance.randrange(1_000_000):06}"},
    "read": lambda chance: {
        "legible": chance.choices((True, False), (9, 1))[0],
        "type": chance.choice(("contract", "invoice", "letter")),
    },
    "file": lambda chance: {"shelf": f"C{chance.randrange(100):02}"},
    "ask": lambda _: {"letter": "A page could not be read; please send it again."},
    "review": lambda chance: {"topic": chance.choice(("fault", "how_to", "billing", "other"))},
    "answer": lambda _: {"answer": "Thank you for telling us; it is done."},
    "acknowledge": lambda chance: {"severity": chance.choices(("minor", "major"), (3, 1))[0]},
    "mitigate": lambda chance: {"action": chance.choice(("Made room.", "Started it anew.", "Went back a version."))},
    "learn": lambda _: {"cause": "Nobody had looked at it for a while."},
    "register": lambda chance: {"consent": True, "interpreter": chance.choices((False, True), (9, 1))[0]},
    "assess": lambda chance: {
        "temperature": round(chance.uniform(36.2, 40), 1),
        "pain": chance.randint(0, 9),
        "chest_pain": chance.choices((False, True), (9, 1))[0],
    },
    "emergency": lambda _: {"finding": "To be watched for a night.", "admitted": True},
    "consult": lambda _: {"finding": "Nothing that rest does not mend."},
    "discharge": lambda _: {"handed_over": True},
    "refuse": lambda _: {"letter": "We are sorry that we cannot lend you this amount now."},
}
"""By the key of the task."""

DRILL: Final = {"alert": "drill", "summary": "A drill"}
"""What the schedule of the sample starts its runs with."""

QUESTIONS: Final = (
    "Thank you for looking into it. When can I expect an answer?",
    "I have added what you asked for.",
    "It happens on two other machines as well.",
    "Is there anything else that you need from me?",
)
REPLIES: Final = (
    "We have it and are on it; you will hear from us today.",
    "Thank you, that helps.",
    "Could you tell us since when?",
)
