// A second server of the fediverse, built on Fedify. tests/interop/fedify.py starts it with a port, and tells it on
// standard input, one JSON object to a line, what to do; each line is answered by one on standard output.

import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
  signRequest,
  verifyObject,
  verifyRequest,
} from "@fedify/fedify";
import { configure, getTextFormatter } from "@logtape/logtape";
import * as vocab from "@fedify/vocab";

const PORT = Number(process.argv[2]);
const ORIGIN = `http://127.0.0.1:${PORT}`;
const NAME = "fay";
const DRAWER = "/drawer/inbox";
const SPECS = { rfc9421: "rfc9421", cavage: "draft-cavage-http-signatures-12" };

const format = getTextFormatter();
await configure({
  sinks: { log: (record) => void process.stderr.write(format(record)) },
  loggers: [
    { category: "fedify", lowestLevel: "info", sinks: ["log"] },
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["log"] },
  ],
});

const state = { arrived: [], requests: [], refusals: 0, followers: new Map(), following: new Set(), objects: new Map() };
const keyPairs = [await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519")];
const context = federationOf("rfc9421");
const contexts = { rfc9421: context, cavage: federationOf("cavage") };

// Each request has a connection of its own: a letter sent at once, without the queue that would try again, must not meet
// an idle connection that the other server is closing just then.
const fetchOnce = globalThis.fetch;
const fetchAsIs = (resource, options) => {
  const request = new Request(resource, options);
  request.headers.set("Connection", "close");
  return fetchOnce(request);
};

// Fedify asks every host of a handle by https, and this machine has no certificate: on loopback the wire is http.
globalThis.fetch = (resource, options) => {
  const url = resource instanceof Request ? null : new URL(resource);
  if (url?.protocol !== "https:" || url.hostname !== "127.0.0.1") return fetchAsIs(resource, options);
  url.protocol = "http:";
  return fetchAsIs(url, options);
};

function federationOf(firstKnock) {
  const federation = createFederation({
    kv: new MemoryKvStore(),
    queue: new InProcessMessageQueue(),
    allowPrivateAddress: true,
    firstKnock: SPECS[firstKnock],
  });
  federation
    .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
      if (identifier !== NAME) return null;
      const keys = await ctx.getActorKeyPairs(identifier);
      return new vocab.Person({
        id: ctx.getActorUri(identifier),
        preferredUsername: identifier,
        name: "Fay of Fedify",
        summary: "<p>A peer that nobody here wrote.</p>",
        url: new URL("/@fay", ORIGIN),
        inbox: ctx.getInboxUri(identifier),
        outbox: ctx.getOutboxUri(identifier),
        followers: ctx.getFollowersUri(identifier),
        endpoints: new vocab.Endpoints({ sharedInbox: ctx.getInboxUri() }),
        publicKey: keys[0].cryptographicKey,
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher(() => keyPairs);
  federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...state.followers.values()] }));
  federation.setOutboxDispatcher("/users/{identifier}/outbox", () => ({ items: [] }));
  for (const [type, path] of [[vocab.Event, "/events/{number}"], [vocab.Follow, "/follows/{number}"]]) {
    federation.setObjectDispatcher(type, path, (ctx) => state.objects.get(ctx.url.href) ?? null);
  }
  federation
    .setInboxListeners("/users/{identifier}/inbox", "/inbox")
    .setSharedKeyDispatcher(() => ({ identifier: NAME }))
    .on(vocab.Follow, async (ctx, follow) => {
      await note(follow);
      const follower = await follow.getActor(ctx);
      const accept = new vocab.Accept({
        id: newId("activities"),
        actor: ctx.getActorUri(NAME),
        to: follower.id,
        object: follow,
      });
      state.followers.set(follower.id.href, follower);
      await ctx.sendActivity({ identifier: NAME }, follower, accept);
    })
    .on(vocab.Undo, async (_, undo) => {
      await note(undo);
      state.followers.delete(undo.actorId.href);
    })
    .on(vocab.Accept, async (ctx, accept) => {
      await note(accept);
      const follow = await accept.getObject({ ...ctx, suppressError: true });
      if (follow instanceof vocab.Follow && follow.objectId.href === accept.actorId.href) {
        state.following.add(accept.actorId.href);
      }
    })
    .on(vocab.Reject, async (_, reject) => {
      await note(reject);
      state.following.delete(reject.actorId.href);
    })
    .on(vocab.Activity, (_, activity) => note(activity));
  return { federation, now: () => federation.createContext(new URL(ORIGIN), undefined) };
}

const newId = (folder) => new URL(`/${folder}/${crypto.randomUUID()}`, ORIGIN);

// A Follow can be read at its id: where its Accept embeds it, Fedify believes only what its own server says of it.
function followOf(followed) {
  const actor = context.now().getActorUri(NAME);
  const follow = new vocab.Follow({ id: newId("follows"), actor, object: followed.id, to: followed.id });
  state.objects.set(follow.id.href, follow);
  return follow;
}

// What Fedify's own classes hold, in JSON: what is not in its vocabulary is not in here.
const READ = ["name", "summary", "content", "preferredUsername", "inboxId", "outboxId", "followersId", "followingId", "url",
  "attributionId", "actorId", "objectId", "toIds", "ccIds", "startTime", "endTime", "published", "updated", "deleted",
  "manuallyApprovesFollowers", "formerType"];

function plain(value) {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.map(plain);
  return value.href?.href ?? (typeof value === "boolean" ? value : String(value));
}

async function read(object) {
  if (object == null) return null;
  const found = { type: object.constructor.name, id: object.id?.href };
  for (const name of READ) if (name in object) found[name] = plain(object[name]);
  if (object.formerType) found.formerType = plain(object.formerType);
  if ("getPublicKeys" in object) {
    found.keys = (await all(object.getPublicKeys(loaders()))).map((key) => ({ id: key.id.href, owner: key.ownerId.href }));
    found.multikeys = (await all(object.getAssertionMethods(loaders()))).map((key) => key.publicKey.algorithm.name);
    found.sharedInbox = object.endpoints?.sharedInbox?.href;
  }
  if ("getAttachments" in object) {
    found.attachments = (await all(object.getAttachments(loaders()))).map((one) => [one.constructor.name, plain(one.name)]);
  }
  return found;
}

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

function loaders() {
  const ctx = context.now();
  return { documentLoader: ctx.documentLoader, contextLoader: ctx.contextLoader };
}

async function note(activity) {
  const entry = { ...(await read(activity)), verb: activity.constructor.name };
  entry.object = await read(await activity.getObject({ ...loaders(), suppressError: true }));
  state.arrived.push(entry);
}

const schemeOf = (headers) => (headers["signature-input"] ? "rfc9421" : headers.signature ? "cavage" : null);

function requestOf({ method, url, headers, body }) {
  return new Request(url, { method, headers, body: method === "GET" ? undefined : Buffer.from(body, "base64") });
}

async function answer(incoming, outgoing) {
  const body = Buffer.concat(await all(incoming));
  const record = {
    method: incoming.method,
    url: ORIGIN + incoming.url,
    headers: incoming.headers,
    body: body.toString("base64"),
    scheme: schemeOf(incoming.headers),
  };
  const refused = incoming.method === "POST" && state.refusals > 0;
  if (refused) state.refusals -= 1;
  const response = refused
    ? new Response("not this time", { status: 401 })
    : incoming.url === DRAWER
      ? new Response(null, { status: 202 })
      : await context.federation.fetch(requestOf(record), { contextData: undefined });
  state.requests.push({ ...record, status: response.status });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

const commands = {
  arrived: () => state.arrived,
  followers: () => [...state.followers.keys()],
  requests: () => state.requests,
  forget: () => void state.arrived.splice(0) || void state.requests.splice(0),
  refuse: ({ times }) => void (state.refusals = times),

  // Find an actor or an object by its handle or id; `signed` lets Fedify sign what it asks for.
  async lookup({ what, signed }) {
    const ctx = context.now();
    const documentLoader = signed ? await ctx.getDocumentLoader({ identifier: NAME }) : ctx.documentLoader;
    return await read(await ctx.lookupObject(what, { documentLoader }));
  },

  following: () => [...state.following],

  async follow({ whom }) {
    const ctx = context.now();
    const followed = await ctx.lookupObject(whom);
    const follow = followOf(followed);
    await ctx.sendActivity({ identifier: NAME }, followed, follow, { immediate: true });
    return follow.id.href;
  },

  async unfollow({ whom }) {
    const ctx = context.now();
    const followed = await ctx.lookupObject(whom);
    const undo = new vocab.Undo({ id: newId("activities"), actor: ctx.getActorUri(NAME), object: followOf(followed), to: followed.id });
    await ctx.sendActivity({ identifier: NAME }, followed, undo, { immediate: true });
    state.following.delete(followed.id.href);
  },

  // Let somebody find an event of ours at its address.
  async publish({ object }) {
    const event = await vocab.Event.fromJsonLd(object, loaders());
    state.objects.set(event.id.href, event);
  },

  // Send an activity as Fedify writes it: signed, with its proof and its Linked Data signature.
  async send({ activity, to, scheme }) {
    const ctx = contexts[scheme ?? "rfc9421"].now();
    const typed = await vocab.Activity.fromJsonLd(activity, loaders());
    const recipients = to ? await ctx.lookupObject(to) : [...state.followers.values()];
    await ctx.sendActivity({ identifier: NAME }, recipients, typed, { immediate: true, preferSharedInbox: !to });
  },

  // Sign a letter, then change what `spoil` says, and return how it was answered.
  async post({ inbox, activity, scheme, spoil, keyId }) {
    const request = new Request(inbox, {
      method: "POST",
      headers: { "Content-Type": "application/activity+json" },
      body: JSON.stringify(activity),
    });
    const key = new URL(keyId ?? `/users/${NAME}#main-key`, ORIGIN);
    const signed = await signRequest(request, keyPairs[0].privateKey, key, { spec: SPECS[scheme] });
    const { body, headers } = spoil ?? {};
    const final = new Request(signed.url, {
      method: "POST",
      headers: { ...Object.fromEntries(signed.headers), ...headers },
      body: body ?? (await signed.text()),
    });
    return (await fetch(final)).status;
  },

  // Return the id of the key that made the signature of a request that arrived, or null.
  async verify({ request }) {
    const key = await verifyRequest(requestOf(request), loaders());
    return key?.id.href ?? null;
  },

  // Return a letter as Fedify writes it, with its proof, without sending it to anybody but this server itself.
  async letter({ activity }) {
    const typed = await vocab.Activity.fromJsonLd(activity, loaders());
    const recipient = { id: new URL("/drawer", ORIGIN), inboxId: new URL(DRAWER, ORIGIN) };
    await context.now().sendActivity({ identifier: NAME }, recipient, typed, { immediate: true });
    const kept = state.requests.findLast((request) => request.url.endsWith(DRAWER));
    return JSON.parse(Buffer.from(kept.body, "base64"));
  },

  // Tell whether every integrity proof of an activity holds, by FEP-8b32 as Fedify has it.
  async verifyProof({ activity }) {
    return (await verifyObject(vocab.Activity, activity, loaders())) !== null;
  },
};

createServer((incoming, outgoing) =>
  answer(incoming, outgoing).catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    outgoing.writeHead(500).end();
  })
).listen(PORT, "127.0.0.1", () => say({ ready: ORIGIN }));

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
createInterface({ input: process.stdin })
  .on("line", async (line) => {
    const { command, ...parameters } = JSON.parse(line);
    try {
      say({ result: (await commands[command](parameters)) ?? null });
    } catch (error) {
      say({ error: `${error.stack}` });
    }
  })
  .on("close", () => process.exit(0));
