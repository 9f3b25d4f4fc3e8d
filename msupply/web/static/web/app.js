// Small helps for pages that the server has drawn: times in the reader's zone, the menu, choosers.
(() => {
  "use strict";
  const language = document.documentElement.lang || "en";
  const zoned = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const exact = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const two = (n) => String(n).padStart(2, "0");
  const local = (d) =>
    `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;

  function showTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]:not([data-shown])")) {
      const moment = new Date(time.dateTime);
      if (isNaN(moment)) continue;
      time.textContent = ("day" in time.dataset ? days : zoned).format(moment);
      if (!("day" in time.dataset)) time.title = exact.format(moment);
      time.dataset.shown = "";
    }
    for (const input of root.querySelectorAll("input[data-utc]:not([data-shown])")) {
      const moment = new Date(`${input.value}Z`);
      if (input.value && !isNaN(moment)) {
        input.dataset.moment = input.value;
        input.value = local(moment);
      }
      input.dataset.shown = input.value;
    }
  }

  // Forms carry UTC, whatever the reader's zone.
  document.addEventListener("formdata", (event) => {
    for (const input of event.target.querySelectorAll("input[data-utc][data-shown]")) {
      const moment = new Date(input.value);
      // In the hour that comes twice when summer time ends, a moment would not find its way back.
      if (input.dataset.moment && input.value === input.dataset.shown) event.formData.set(input.name, input.dataset.moment);
      else if (input.value && !isNaN(moment)) event.formData.set(input.name, moment.toISOString().slice(0, 19));
    }
    // Meanwhile another window may have gone on to another store.
    if (event.target.method === "post") event.formData.set("opened_in_store", document.body.dataset.store || "");
  });

  function choose(chooser, choice) {
    const [value, text] = chooser.querySelectorAll("input");
    value.value = choice.dataset.id;
    text.value = choice.textContent;
    close(chooser);
    value.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function close(chooser) {
    chooser.querySelector(".chooser-list").replaceChildren();
    chooser.querySelector("[role=combobox]").setAttribute("aria-expanded", "false");
  }

  document.addEventListener("click", (event) => {
    const choice = event.target.closest(".chooser-choice");
    for (const chooser of document.querySelectorAll("[data-chooser]"))
      if (!chooser.contains(event.target)) close(chooser);
    if (choice) return choose(choice.closest("[data-chooser]"), choice);
    const toggle = event.target.closest("[data-toggle]");
    if (toggle) {
      const shown = document.getElementById(toggle.dataset.toggle).classList.toggle("show");
      return toggle.setAttribute("aria-expanded", shown);
    }
    const opens = event.target.closest("[data-opens]");
    if (opens) {
      const part = document.getElementById(opens.dataset.opens);
      part.open = true;
      part.querySelector("select,input:not([type=hidden])")?.focus();
      return;
    }
    const row = event.target.closest("tr[data-href]");
    if (row && !event.target.closest("a,button,input,label,details")) location.href = row.dataset.href;
  });

  document.addEventListener("input", (event) => {
    const chooser = event.target.closest("[data-chooser]");
    if (!chooser || event.target.type === "hidden") return;
    // What is typed is not chosen yet.
    chooser.querySelector("input[type=hidden]").value = "";
    close(chooser);
    if (!event.target.value) chooser.querySelector("input[type=hidden]").dispatchEvent(new Event("change", { bubbles: true }));
  });
  // Leaving a search half-way must not look like a choice; nor must its own "change" submit filters.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[role=combobox]")) event.stopPropagation();
  }, true);

  document.addEventListener("keydown", (event) => {
    const chooser = event.target.closest?.("[data-chooser]");
    if (chooser && !event.altKey) return chooserKey(event, chooser);
    const typing = event.target.matches?.("input,textarea,select");
    const go = (key) => {
      const target = document.querySelector(`[data-key=${key}]`);
      if (!target) return;
      event.preventDefault();
      target.matches("input") ? target.focus() : target.click();
    };
    if (event.key === "/" && !typing) go("search");
    else if (event.altKey && !event.ctrlKey && event.key.toLowerCase() === "n") go("new");
    else if (event.altKey && event.ctrlKey && event.key.toLowerCase() === "s") go("sync");
    else if (event.altKey && event.key.toLowerCase() === "s") go("save");
    else if (event.key === "Escape") {
      const menu = document.getElementById("menu");
      if (menu?.classList.contains("show")) menu.classList.remove("show");
      else go("cancel");
    }
  });
  function chooserKey(event, chooser) {
    const choices = [...chooser.querySelectorAll(".chooser-choice")];
    const at = choices.findIndex((choice) => choice.classList.contains("active"));
    if (event.key === "Escape") return close(chooser);
    // Enter chooses; it must not send a form that is half filled in.
    if (event.key === "Enter") event.preventDefault();
    if (!choices.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = choices[(at + (event.key === "ArrowDown" ? 1 : choices.length - (at < 0 ? 0 : 1))) % choices.length];
      choices[at]?.classList.remove("active");
      next.classList.add("active");
      next.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      choose(chooser, choices[Math.max(at, 0)]);
    } else if (event.key === "Tab") close(chooser);
  }

  const FIELDS = "input:not([type=hidden],[type=radio]),input[type=radio]:checked,select,textarea";
  // Where to write: what is to be corrected, else the one question of the page.
  function showWhereToWrite() {
    const wrong = document.querySelector("main form .is-invalid");
    (wrong || document.querySelector("form[data-asks]")?.querySelector(FIELDS))?.focus();
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.padlock[open]")) event.target.querySelector("[type=password]").focus();
  }, true);

  // Better to know before a long upload than after it.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!input.matches("input[data-max-bytes]")) return;
    const tooLarge = [...input.files].some((file) => file.size > Number(input.dataset.maxBytes));
    input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
    input.reportValidity();
  });

  // A second click while the first is on its way would do the work twice.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    showTimes(document);
    const combobox = event.target.closest?.("[data-chooser]")?.querySelector("[role=combobox]");
    combobox?.setAttribute("aria-expanded", "true");
  });
  document.addEventListener("DOMContentLoaded", () => {
    showTimes(document);
    showWhereToWrite();
    for (const link of document.querySelectorAll(".menu-entries [aria-current=page]"))
      link.closest("details").open = true;
    // On a phone the tabs reach beyond the edge.
    document.querySelector(".tabs .active")?.scrollIntoView({ block: "nearest", inline: "center" });
  });
})();
