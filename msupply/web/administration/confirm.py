"""The page between a button and what cannot be undone: it says in words what will happen."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from msupply.web.visit import PageRequest


@dataclass(frozen=True)
class Question:
    """What is about to happen.

    - `consequences`: one sentence each.
    - `word`: what must be typed first, for what destroys; none for the rest.
    """

    title: str
    consequences: Sequence[str]
    button: str
    back_url: str
    back_text: str
    word: str = ""

    def is_confirmed(self, request: PageRequest) -> bool:
        """Tell whether the visitor has pressed the button, and typed the word."""
        if request.method != "POST":
            return False
        return not self.word or request.POST.get("word", "").strip() == self.word

    def ask(self, request: PageRequest, problem: str = "") -> HttpResponse:
        """Show the page, with what stands against it if it was tried."""
        word_missing = request.method == "POST" and not problem
        context = {
            "question": self,
            "problem": problem,
            # Known before it was tried: there is nothing to confirm.
            "impossible": bool(problem) and request.method != "POST",
            "word_error": _("This is not the name.") if word_missing else "",
        }
        status = 422 if request.method == "POST" else 200
        return render(request, "administration/confirm.html", context, status=status)
