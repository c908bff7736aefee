/// The script of all pages: theme, search, "try it". Without it everything else works.
///
/// It never puts text of a document into markup: only `textContent` and attributes are set.
enum PortalScript {
    /// The script.
    static let text = #"""
        "use strict";
        (() => {
          const root = document.body.dataset.root, $ = (id) => document.getElementById(id);
          const make = (tag, text, name) => { const e = document.createElement(tag); if (text != null) e.textContent = text; if (name) e.className = name; return e; };
          const keep = (key, value) => { try { return value === undefined ? sessionStorage.getItem(key) : sessionStorage.setItem(key, value); } catch { return null; } };

          // Theme: the system's until the reader chooses.
          const theme = $("theme"); theme.hidden = false;
          const chosen = (() => { try { return localStorage.getItem("lintel-theme"); } catch { return null; } })();
          if (chosen) document.documentElement.dataset.theme = chosen;
          theme.onclick = () => {
            const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme:dark)").matches;
            document.documentElement.dataset.theme = dark ? "light" : "dark";
            try { localStorage.setItem("lintel-theme", dark ? "light" : "dark"); } catch {}
          };

          // Search: every word must occur; the index comes when it is first wanted.
          const find = $("find"), found = $("found"); let index, at = -1; find.hidden = false;
          const load = async () => index ??= (await (await fetch(root + "search.json")).json()).map((e) => ({ e, text: e.join(" ").toLowerCase() }));
          const choose = (n) => {
            const all = [...found.children]; if (!all.length) return;
            at = (n + all.length) % all.length;
            all.forEach((li, i) => li.setAttribute("aria-selected", i === at)); all[at].scrollIntoView({ block: "nearest" });
            find.setAttribute("aria-activedescendant", all[at].id);
          };
          const show = async () => {
            const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
            await load(); found.replaceChildren(); at = -1;
            if (words.length) {
              const score = ({ e, text }) => !words.every((w) => text.includes(w)) ? -1 : words.reduce((s, w) => s + (e[4].toLowerCase().startsWith(w) ? 4 : e[4].toLowerCase().includes(w) ? 3 : e[2].toLowerCase().includes(w) ? 2 : e[3].toLowerCase().includes(w) ? 1 : 0), 0);
              const hits = index.map((x) => [score(x), x.e]).filter(([s]) => s >= 0).sort((a, b) => b[0] - a[0]).slice(0, 30);
              hits.forEach(([, e], i) => {
                const li = make("li"); li.id = "hit" + i; li.setAttribute("role", "option"); li.dataset.to = e[0];
                const known = ["get", "post", "put", "patch", "delete", "head", "query"], m = e[1].toLowerCase();
                li.append(make("b", e[1], "m m-" + (known.includes(m) ? m : "other")), make("code", e[2]), make("small", [e[3], e[4]].filter(Boolean).join(" · ")));
                li.onclick = () => { location.href = root + e[0]; }; found.append(li);
              });
              if (!hits.length) { const li = make("li", "Nothing found"); li.setAttribute("role", "option"); li.setAttribute("aria-disabled", "true"); found.append(li); } else choose(0);
            }
            found.hidden = !words.length; find.setAttribute("aria-expanded", String(!found.hidden));
          };
          find.oninput = show; find.onfocus = load;
          find.onkeydown = (e) => {
            if (e.key === "ArrowDown") { choose(at + 1); e.preventDefault(); }
            else if (e.key === "ArrowUp") { choose(at - 1); e.preventDefault(); }
            else if (e.key === "Enter" && at >= 0 && found.children[at].dataset.to) location.href = root + found.children[at].dataset.to;
            else if (e.key === "Escape") { find.value = ""; found.hidden = true; find.blur(); }
          };
          document.addEventListener("keydown", (e) => {
            if (e.key === "/" && !/INPUT|TEXTAREA|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); find.focus(); }
          });
          document.addEventListener("click", (e) => { if (!e.target.closest(".find")) found.hidden = true; });

          // Examples name the gateway that this page came from.
          if (location.protocol.startsWith("http")) for (const code of document.querySelectorAll("[data-origin]")) code.textContent = code.textContent.replaceAll("http://localhost:8080", location.origin);

          // Signing in (RFC 6749 §4.1 with RFC 7636, §4.4): an operation's page notes what is wanted and leaves; the page that
          // it comes back to gets the token, and nothing of it stays in the history.
          const base64url = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
          const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
          const here = location.origin + root + "oauth2";
          for (const button of document.querySelectorAll("[data-flow]")) button.onclick = async () => {
            const value = (name) => button.closest("fieldset").querySelector(`[data-signin=${name}]`).value;
            const { flow, token, authorize, scope } = button.dataset;
            const wanted = { flow, token, scope, client: value("client"), secret: value("secret"), back: location.href, state: random(), verifier: random() };
            keep("lintel-signin", JSON.stringify(wanted));
            if (flow !== "authorizationCode") { location.href = here; return; }
            if (!crypto.subtle) { button.after(make("small", " needs https")); return; }
            const url = new URL(authorize, location.href); if (!/^https?:$/.test(url.protocol)) return;
            const challenge = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(wanted.verifier));
            for (const [name, text] of Object.entries({ response_type: "code", client_id: wanted.client, redirect_uri: here, scope, state: wanted.state, code_challenge: base64url(new Uint8Array(challenge)), code_challenge_method: "S256" })) url.searchParams.set(name, text);
            location.href = url;
          };
          const signing = $("signing");
          if (signing) (async () => {
            const wanted = JSON.parse(keep("lintel-signin") || "null"), given = new URLSearchParams(location.search);
            keep("lintel-signin", ""); history.replaceState(null, "", location.pathname);
            if (!wanted) throw "There is nothing to sign in for. Begin at the page of an operation.";
            const body = new URLSearchParams({ grant_type: "client_credentials" });
            if (wanted.flow === "authorizationCode") {
              if (given.get("error")) throw given.get("error_description") || given.get("error");
              if (given.get("state") !== wanted.state || !given.get("code")) throw "This answer does not belong to a sign-in that was begun here.";
              for (const [name, text] of Object.entries({ grant_type: "authorization_code", code: given.get("code"), redirect_uri: here, client_id: wanted.client, code_verifier: wanted.verifier })) body.set(name, text);
            } else if (wanted.scope) body.set("scope", wanted.scope);
            const headers = { Accept: "application/json" };
            if (wanted.secret) headers.Authorization = "Basic " + btoa(encodeURIComponent(wanted.client) + ":" + encodeURIComponent(wanted.secret));
            const reply = await fetch(new URL(wanted.token, location.href), { method: "POST", body, headers }), answer = await reply.json();
            if (!answer.access_token) throw answer.error_description || answer.error || "The authorization server gave no token.";
            keep("lintel-bearer-token", answer.access_token);
            location.replace(wanted.back);
          })().catch((error) => { signing.textContent = String(error); signing.className = "warning"; });

          // How the operation fares, beside it; the link leads to the same on a page of its own.
          const insight = $("insight");
          if (insight && location.protocol.startsWith("http")) fetch(insight.href).then((reply) => reply.ok ? reply.text() : "").then((text) => {
            const part = new DOMParser().parseFromString(text, "text/html").querySelector(".insight");
            if (part) document.querySelector(".doing").append(document.adoptNode(part));
          });

          // Try it: asked first whether the request keeps its contract, sent only then.
          const form = document.querySelector("form.try"); if (!form || !location.protocol.startsWith("http")) return;
          form.hidden = false;
          const fields = [...form.querySelectorAll("[data-in]")], output = form.querySelector(".result");
          const secret = (f) => f.type === "password" && "lintel-" + f.dataset.in + "-" + f.dataset.name;
          for (const f of fields) if (secret(f)) f.value = keep(secret(f)) ?? "";
          const request = () => {
            let path = form.dataset.path, query = [], headers = {}, body, part = [];
            for (const f of fields) {
              const { in: where, name } = f.dataset, value = f.value; if (secret(f)) keep(secret(f), value);
              if (where === "body") { if (value !== "") { body = value; headers["Content-Type"] = f.dataset.type; } continue; }
              if (value === "" && where !== "path") continue;
              if (where === "path") path = path.replaceAll("{" + name + "}", encodeURIComponent(value));
              else if (where === "query") for (const v of value.split("\n")) query.push(encodeURIComponent(name) + "=" + encodeURIComponent(v));
              else if (where === "querystring") query.push(value);
              else if (where === "header") headers[name] = value;
              else if (where === "formData") part.push(encodeURIComponent(name) + "=" + encodeURIComponent(value));
              else if (where === "basic") headers.Authorization = "Basic " + btoa(String.fromCharCode(...new TextEncoder().encode(value)));
              else if (where === "bearer") headers.Authorization = "Bearer " + value;
            }
            if (part.length) { body = part.join("&"); headers["Content-Type"] = "application/x-www-form-urlencoded"; }
            return [path + (query.length ? "?" + query.join("&") : ""), { method: form.dataset.method, headers, body }];
          };
          const tell = async (reply, words, good, time) => {
            output.replaceChildren();
            const line = make("p"); line.append(make("b", reply.status + " " + words, good ? "good" : "bad"), " " + (time == null ? "" : Math.round(time) + " ms")); output.append(line);
            let text = await reply.text(); const type = reply.headers.get("content-type") ?? "";
            if (type.includes("json") && text) try {
              const value = JSON.parse(text); text = JSON.stringify(value, null, 2);
              if (type.includes("problem")) for (const error of value.errors ?? []) { const p = make("p"); p.append(make("code", error.pointer || error.name || error.in), " " + error.detail); output.append(p); }
            } catch {}
            if (text) { const pre = make("pre"); pre.tabIndex = 0; pre.append(make("code", text.slice(0, 200000))); output.append(pre); }
          };
          form.onsubmit = async (event) => {
            event.preventDefault(); output.textContent = "…";
            try {
              const [url, init] = request();
              const check = await fetch(url, { ...init, headers: { ...init.headers, "Lintel-Check": "only" } });
              if (check.headers.get("lintel-check") !== "kept") return tell(check, "the request was not sent: it breaks its contract", false);
              const start = performance.now(), reply = await fetch(url, init);
              await tell(reply, reply.statusText, reply.ok, performance.now() - start);
            } catch (error) { output.replaceChildren(make("p", String(error), "bad")); }
          };
        })();
        """#
}
