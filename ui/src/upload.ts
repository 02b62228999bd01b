// A file on its way: how much was sent, then, from the server as it works, how much was read; then the report in place.
// Without this the form is sent as it stands and leads to the same report.
import css from "./upload.css";
import type { Page } from "./page";

interface Progress {
  stage: "checking" | "reading" | "applying";
  bytes_done: number;
  bytes: number;
  rows: number;
}

const SAID = { checking: "Checking whether it came in before", reading: "Reading", applying: "Making the rows count" };

/** Makes an upload form tell how it goes, and take files that are dropped. */
export function enhance(form: HTMLFormElement, page: Page) {
  if (form.dataset.on !== undefined) return;
  form.dataset.on = "";
  page.style(css);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    send(form, event.submitter, page);
  });
  const zone = form.querySelector<HTMLElement>("[data-drop]") ?? form;
  const over = (is: boolean) => zone.classList.toggle("over-drop", is);
  zone.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  zone.addEventListener("dragleave", () => over(false));
  zone.addEventListener("drop", (event) => {
    const input = form.querySelector<HTMLInputElement>("input[type=file]");
    over(false);
    if (!event.dataTransfer?.files.length || !input) return;
    event.preventDefault();
    if (event.dataTransfer.files.length > 1) return page.announce("One file at a time, please.");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

function send(form: HTMLFormElement, by: HTMLElement | null, page: Page) {
  const { element } = page;
  const token = crypto.randomUUID?.() ?? String(Math.random()).slice(2).padEnd(16, "0");
  const fields = new FormData(form, by);
  const status = element("div", { className: "underway", role: "status" });
  const bar = element("progress", { max: 1, ariaLabel: "Progress of the import" });
  const text = element("p");
  const cancel = element("button", { type: "button", textContent: "Cancel" });
  status.append(bar, text, cancel);
  form.querySelector(".underway")?.remove();
  form.querySelector(".refused")?.remove();
  form.append(status);
  const buttons = form.querySelectorAll<HTMLButtonElement>("button:not([type=button])");
  for (const button of buttons) button.disabled = true;

  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.responseType = "document";
  request.setRequestHeader("accept", "text/html");
  let told: EventSource | undefined;
  const tell = (share: number | undefined, words: string) => {
    if (share === undefined) bar.removeAttribute("value");
    else bar.value = share;
    text.textContent = words;
  };
  request.upload.onprogress = (event) => tell(event.loaded / event.total, `Sending: ${size(event.loaded)} of ${size(event.total)}`);
  request.upload.onload = () => {
    tell(undefined, "Sent");
    // From here on it counts or not, whatever this page does.
    cancel.remove();
    told = follow(token, tell);
  };
  const end = () => {
    told?.close();
    status.remove();
    for (const button of buttons) button.disabled = false;
  };
  request.onload = () => {
    end();
    const answer = request.response as Document | null;
    const problem = request.status >= 400 ? answer?.querySelector<HTMLElement>("#main .problem") : undefined;
    if (problem) {
      problem.classList.add("refused");
      problem.tabIndex = -1;
      problem.role = "alert";
      problem.prepend(element("h2", { textContent: answer!.querySelector("h1")?.textContent ?? "" }));
      problem.querySelector(".more")?.remove();
      form.append(problem);
      problem.focus();
      return;
    }
    navigator.serviceWorker?.controller?.postMessage("changed");
    if (!answer || !page.show(answer, request.responseURL)) location.assign(request.responseURL || form.action);
  };
  request.onerror = () => {
    end();
    form.append(element("p", { className: "refused", role: "alert", textContent: "The connection was cut. The list below says whether the file came in; sending it again counts nothing twice." }));
  };
  cancel.onclick = () => {
    request.abort();
    end();
    page.announce("Cancelled; nothing was imported.");
  };
  // Before the file, so that the server knows it when it begins to read.
  const all = new FormData();
  all.append("progress", token);
  for (const [name, value] of fields) all.append(name, value);
  tell(0, "Sending");
  request.send(all);
}

/** Follows what the server tells of the import. */
function follow(token: string, tell: (share: number | undefined, words: string) => void): EventSource {
  const source = new EventSource(`/api/v1/imports/progress/${token}`);
  source.addEventListener("progress", (event) => {
    const { stage, bytes_done, bytes, rows } = JSON.parse(event.data) as Progress;
    const share = stage === "applying" || !bytes ? undefined : bytes_done / bytes;
    const counted = rows ? `: ${rows.toLocaleString("en-GB")} rows` : "";
    tell(share, `${SAID[stage]}${counted}`);
  });
  source.addEventListener("end", () => source.close());
  return source;
}

function size(bytes: number): string {
  const [unit, factor] = bytes < 1e6 ? ["kB", 1e3] : ["MB", 1e6];
  return `${(bytes / (factor as number)).toFixed(bytes < 1e6 ? 0 : 1)} ${unit}`;
}
