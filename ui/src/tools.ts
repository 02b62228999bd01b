// The tools that only work with a script: pages come without them.
import { element } from "./element";
import { find } from "./page";

const SEARCH = "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20";
const THEME = "M12 4a8 8 0 1 0 0 16zM12 4a8 8 0 0 1 0 16M12 8h6M12 12h8M12 16h6";

/** Puts them into their place, where style sheets keep room for them. */
export function tools() {
  const place = find("[data-part=tools]");
  if (!place || find("[data-palette]", place)) return;
  const search = tool(SEARCH, element("span", { textContent: "Search" }), " ", element("kbd", { textContent: "Ctrl K" }));
  const theme = tool(THEME);
  search.dataset.palette = theme.dataset.themeSwitch = "";
  place.prepend(search, theme);
}

function tool(path: string, ...children: (Node | string)[]) {
  // The mark in the navigation is on every page.
  const of = find(".brand svg")!.namespaceURI;
  const [icon, drawn] = [document.createElementNS(of, "svg"), document.createElementNS(of, "path")];
  icon.classList.add("icon");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.ariaHidden = "true";
  drawn.setAttribute("d", path);
  icon.append(drawn);
  return element("button", { className: "tool", type: "button" }, icon, ...children);
}
