// A proxy that counts what goes over the wire, service worker and all: the bytes as they are sent, compressed.
import { createServer, request } from "node:http";

/** Stands before `port`; `seen` has every answer so far: its path, kind, bytes of head and of body. */
export async function counting(port) {
  const seen = [];
  const proxy = createServer((asked, answer) => {
    const onward = request({ host: "127.0.0.1", port, path: asked.url, method: asked.method, headers: asked.headers }, (got) => {
      const head = got.rawHeaders.reduce((sum, text) => sum + text.length + 2, 17);
      const kind = (got.headers["content-type"] ?? "").split(";")[0];
      const one = { path: asked.url, method: asked.method, status: got.statusCode, kind: kinds[kind] ?? "other", head, body: 0 };
      seen.push(one);
      got.on("data", (bytes) => (one.body += bytes.length));
      answer.writeHead(got.statusCode, got.rawHeaders);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise((done) => proxy.listen(0, "127.0.0.1", done));
  return { seen, address: `http://127.0.0.1:${proxy.address().port}`, close: () => proxy.closeAllConnections() ?? proxy.close() };
}

const kinds = { "text/html": "page", "text/javascript": "script", "application/json": "answer", "image/svg+xml": "icon", "image/png": "icon", "application/manifest+json": "icon" };

/** What a list of answers comes to. */
export function summed(answers) {
  const of = (kind) => answers.filter((one) => kind === undefined || one.kind === kind);
  const bytes = (kind) => of(kind).reduce((sum, one) => sum + one.body, 0);
  return { requests: answers.length, page: bytes("page"), script: bytes("script"), body: bytes(), total: answers.reduce((sum, one) => sum + one.head + one.body, 0) };
}
