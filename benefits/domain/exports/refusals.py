"""Why a file is refused: what it is, what was looked for, and how to get the right one."""

from ..json_input import InputError

WANTED = "the tenant’s products with their seats (Microsoft Graph’s subscribedSkus, as JSON)"
HOW = (
    "Get it with Graph Explorer (GET https://graph.microsoft.com/v1.0/subscribedSkus), or with PowerShell: "
    "Get-MgSubscribedSku -All | ConvertTo-Json -Depth 5 | Out-File products.json"
)
HOW_CLI = "With CLI for Microsoft 365: m365 entra license list --output json > products.json"


def refuse(what: str, lacks: str = "", *, how: str = HOW, line: int | None = None) -> InputError:
    """``what`` the file is, and what it ``lacks``, each a part of a sentence."""
    because = f", {lacks}" if lacks else ""
    return InputError(f"this is {what}{because}. Wanted: {WANTED}. {how}", line=line)
