/* What the browser refuses of passkeys is said on the page: allauth writes it to the console alone. */
"use strict";
{
  const said = document.currentScript.dataset.said;
  document.addEventListener("allauth.error", (event) => {
    const problem = document.querySelector("[data-passkey-problem]");
    if (!problem) return;
    event.preventDefault();
    problem.textContent = said;
    problem.hidden = false;
  });
}
