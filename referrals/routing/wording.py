"""Why an offer came to its partner, in words for the partner alone."""

from benefits.data.places import COUNTRY_NAMES, LANGUAGE_NAMES
from partners.domain.matching import Need, Profile
from partners.domain.splitting import Share


def say_why(need: Need, profile: Profile, share: Share) -> str:
    """Why this came to this partner, with nothing about anybody else."""
    number = len(share.workloads)
    parts = [
        f"you are endorsed for all {number} workloads" if number > 1 else "",
        "you are endorsed for the workload" if number == 1 else "",
        f"you work in {COUNTRY_NAMES.get(need.country, need.country)}",
        _languages(need, profile),
        "you have free capacity",
    ]
    facts = ", ".join(part for part in parts if part)
    if profile.id == need.retry_partner:
        return f"It comes back to you as agreed: {facts}."
    if profile.id in need.incumbents:
        return f"You already work with this customer: {facts}."
    return f"{facts[0].upper()}{facts[1:]}, and it was your turn."


def _languages(need: Need, profile: Profile) -> str:
    shared = sorted(set(need.languages) & set(profile.languages))
    return f"you speak {', '.join(LANGUAGE_NAMES.get(code, code) for code in shared)}" if shared else ""
