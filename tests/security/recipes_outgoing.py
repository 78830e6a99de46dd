"""The recipes of secrets, webhooks and what models cost."""

from typing import Any, Final

from casework.core.permission import scope
from tests.security.recipes import Recipe, fields
from tests.security.recipes_workspace import W
from tests.security.things import Ids, World, fresh


def _secret(example: Any, _ids: Ids, _world: World) -> Any:
    return {**example, "name": fresh("secret")}


SECRETS: Final = {
    f"GET {W}/secrets": [Recipe()],
    f"POST {W}/secrets": [Recipe(body=_secret)],
    f"PUT {W}/secrets/{{secret_id}}": [Recipe(kind="secret")],
    f"DELETE {W}/secrets/{{secret_id}}": [Recipe(kind="secret")],
}

WEBHOOK: Final = [Recipe(kind="webhook")]

WEBHOOKS: Final = {
    f"GET {W}/webhooks": [Recipe()],
    f"POST {W}/webhooks": [
        Recipe(),
        Recipe(
            kind="workflow", body=fields(workflowId="workflow_id"), policy=scope("webhooks:write"), missing=400, gone=0
        ),
    ],
    f"GET {W}/webhooks/{{webhook_id}}": WEBHOOK,
    f"PUT {W}/webhooks/{{webhook_id}}": WEBHOOK,
    f"DELETE {W}/webhooks/{{webhook_id}}": WEBHOOK,
    f"POST {W}/webhooks/{{webhook_id}}/rotate-secret": WEBHOOK,
    f"POST {W}/webhooks/{{webhook_id}}/test": WEBHOOK,
    f"GET {W}/webhooks/{{webhook_id}}/deliveries": WEBHOOK,
    f"GET {W}/webhooks/{{webhook_id}}/deliveries/{{delivery_id}}": WEBHOOK,
    f"POST {W}/webhooks/{{webhook_id}}/deliveries/{{delivery_id}}/replay": WEBHOOK,
}

MODELS: Final = {
    f"GET {W}/model-prices": [Recipe()],
    f"PUT {W}/model-prices": [Recipe()],
    f"GET {W}/model-budget": [Recipe()],
    f"PUT {W}/model-budget": [Recipe()],
}

RECIPES: Final = SECRETS | WEBHOOKS | MODELS
