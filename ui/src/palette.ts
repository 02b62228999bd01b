// Everything by its name: pages, actions, campaigns. The server finds; this lists and leads there.
import { dialog } from "./dialog";
import type { Page } from "./page";

interface Found {
  kind: string;
  title: string;
  about: string;
  href: string;
}

const PATIENCE = 80;
const VIEW = ["workspace", "range", "from", "to", "compare", "as_of", "convert"];

/** Opens it; `acts` are what it does without leaving the page, by their address. */
export function palette(page: Page, acts: Record<string, () => void>) {
  if (document.querySelector("dialog[open]")) return;
  const { element } = page;
  const list = element("div", { id: "found", role: "listbox", ariaLabel: "Found", hidden: true });
  const input = element("input", { type: "text", role: "combobox", placeholder: "Campaigns, pages, actions", ariaLabel: "Search", ariaExpanded: "true", ariaAutoComplete: "list", autocomplete: "off", spellcheck: false, maxLength: 200 });
  input.setAttribute("aria-controls", "found");
  const hint = element("p", { className: "hint", hidden: true });
  const box = dialog(page, "Search", "palette", input, list, hint);
  let found: Found[] = [];
  let at = 0;
  let asking: AbortController | undefined;
  let timer = 0;

  async function ask() {
    asking?.abort();
    const { signal } = (asking = new AbortController());
    const url = new URL("/api/v1/search", location.href);
    // What is found keeps the days of the page.
    for (const [name, value] of new URLSearchParams(location.search)) if (VIEW.includes(name)) url.searchParams.set(name, value);
    if (input.value.trim()) url.searchParams.set("q", input.value.trim());
    try {
      const answer = await fetch(url, { signal });
      if (!answer.ok) throw new Error(`${answer.status}`);
      found = ((await answer.json()) as { results: Found[] }).results;
      tell(found.length ? "" : `Nothing is called “${input.value.trim()}”.`);
    } catch {
      if (signal.aborted) return;
      found = [];
      tell("The search can't be asked now. Check the connection and type on.");
    }
    list.replaceChildren(...found.map(option));
    choose(0);
  }

  function tell(text: string) {
    hint.textContent = text;
    hint.hidden = !text;
    list.hidden = !found.length;
    if (text) page.announce(text);
  }

  function option({ title, about }: Found, i: number) {
    const made = element("div", { id: `found-${i}`, role: "option" }, element("span", { textContent: title }), element("small", { textContent: about }));
    made.onclick = (event) => lead(i, event.ctrlKey || event.metaKey);
    made.onpointermove = () => choose(i);
    return made;
  }

  function choose(i: number) {
    at = i;
    for (const [k, each] of [...list.children].entries()) each.ariaSelected = String(k === i);
    const chosen = list.children[i];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function lead(i: number, beside: boolean) {
    const chosen = found[i];
    if (!chosen) return;
    box.close();
    const act = acts[chosen.href];
    if (act) act();
    else if (beside) window.open(chosen.href, "_blank", "noopener");
    else page.visit(chosen.href);
  }

  input.oninput = () => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, PATIENCE);
  };
  input.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) choose((at + step + found.length) % found.length);
    else if (event.key === "Enter") lead(at, event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  };
  void ask();
}
