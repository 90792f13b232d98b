"use strict";
// The console works without this script; with it lists are narrowed, texts copied, and the journal follows what happens.

for (const input of document.querySelectorAll("[data-filter]")) {
  const rows = document.querySelectorAll(`${input.dataset.filter} tbody tr`);
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}

for (const text of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  const content = text.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(content);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(text); // where the clipboard is closed, the text is at least marked
      button.textContent = "marked";
    }
  });
  text.append(button);
}

for (const button of document.querySelectorAll("[data-sure]")) {
  button.addEventListener("click", (event) => {
    if (!confirm(button.dataset.sure)) event.preventDefault();
  });
}

document.addEventListener("keydown", (event) => {
  const search = document.querySelector("[data-focus], [data-filter]");
  if (event.key === "/" && search && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    event.preventDefault();
    search.focus();
  }
});

const live = document.querySelector("[data-live]");
if (live) {
  const KEPT = 500; // rows: a page left open over night stays light
  let last = Number(live.dataset.last);
  const follow = async () => {
    if (live.checked && !document.hidden) {
      try {
        const address = live.dataset.live;
        const reply = await fetch(`${address}${address.includes("?") ? "&" : "?"}since=${last}`);
        if (reply.ok) {
          const now = Number(reply.headers.get("Journal-Last"));
          if (now < last) location.reload(); // the journal was emptied
          last = now;
          const rows = document.getElementById("rows");
          rows.insertAdjacentHTML("afterbegin", await reply.text());
          while (rows.rows?.length > KEPT || rows.children.length > KEPT) rows.lastElementChild.remove();
          if (rows.children.length) document.getElementById("nothing")?.remove();
        }
      } catch {
        // The mock is gone for now; it may come back.
      }
    }
    setTimeout(follow, 1000);
  };
  setTimeout(follow, 1000);
}
