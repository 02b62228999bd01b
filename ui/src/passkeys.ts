// Passkeys: a form that an authenticator's answer is sent by. What it is asked stands in the form, from the server. Pages in front of
// everything have no script but this one; on others it is a part that is fetched on first use.

/** Bytes as the server writes them. */
const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** What the server asks, with its bytes as text. */
interface Asked {
  challenge: string;
  user?: { id: string };
  excludeCredentials?: { id: string }[];
}

/** Asks the authenticator, and writes its answer as the server reads it. */
async function answer(asked: Asked) {
  const challenge = bytes(asked.challenge);
  if (asked.user) {
    const excludeCredentials = asked.excludeCredentials!.map((known) => ({ ...known, id: bytes(known.id) }));
    const publicKey = { ...asked, challenge, excludeCredentials, user: { ...asked.user, id: bytes(asked.user.id) } };
    const made = (await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })) as PublicKeyCredential;
    const { clientDataJSON, getAuthenticatorData } = made.response as AuthenticatorAttestationResponse;
    return { id: "", said: text(clientDataJSON), data: text(getAuthenticatorData.call(made.response)), signature: "" };
  }
  const signed = (await navigator.credentials.get({ publicKey: { ...asked, challenge } as PublicKeyCredentialRequestOptions })) as PublicKeyCredential;
  const { clientDataJSON, authenticatorData, signature } = signed.response as AuthenticatorAssertionResponse;
  return { id: text(signed.rawId), said: text(clientDataJSON), data: text(authenticatorData), signature: text(signature) };
}

/** Shows the forms, and lets each ask before it is sent. */
export function passkeys() {
  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]:not([data-on])")) {
    form.dataset.on = "";
    form.hidden = false;
    const field = form.elements.namedItem("answer") as HTMLInputElement;
    const wrong = form.querySelector("output")!;
    // What stood there before the page was left belongs to a question that was answered.
    field.value = "";
    form.addEventListener("submit", async (event) => {
      if (field.value) return;
      event.preventDefault();
      wrong.textContent = "";
      try {
        field.value = JSON.stringify(await answer(JSON.parse(form.dataset.passkey!)));
      } catch (error) {
        const isKnown = (error as Error).name === "InvalidStateError";
        wrong.textContent = isKnown ? "This device has a passkey for you already." : "No passkey was used. Try again, or come in another way.";
        return;
      }
      form.requestSubmit();
    });
  }
}

if (document.body.matches(".door")) passkeys();
