// Starts the edge function and the model behind it on loopback, and prints where: one line of JSON on stdout.
//
//     node server.mjs [PORT]        PORT is the edge function's; without it, a free one
//
// aimock plays the model from fixtures.json; it is given no provider to record from, so it contacts nobody. The bridge
// below does what an edge runtime does round a function: HTTP to Request, Response to HTTP, and 500 HTML when it throws.
// The process ends when its standard input does, so that no test run leaves it behind.
import { once } from "node:events";
import { createServer } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { LLMock } from "@copilotkit/aimock";
import { converse } from "./converse.mjs";

const HOST = "127.0.0.1";
const OOPS = "<!DOCTYPE html><html><body><h1>500: Internal Server Error</h1></body></html>";

const model = new LLMock({ host: HOST, port: 0, logLevel: "silent" });
model.loadFixtureFile(new URL("fixtures.json", import.meta.url).pathname);
await model.start();

const port = Number(process.argv[2] ?? 0);
const edge = createServer(bridge(converse(`${model.url}/v1`))).listen(port, HOST);
await once(edge, "listening");
console.log(JSON.stringify({ url: `http://${HOST}:${edge.address().port}`, model: model.url }));

process.stdin.resume().on("end", () => process.exit(0));

function bridge(handle) {
  return async (incoming, outgoing) => {
    const answer = await request(incoming).then(handle).catch(oops);
    outgoing.writeHead(answer.status, Object.fromEntries(answer.headers));
    // When the model's stream breaks, pipeline destroys ours: the client sees a body without its last chunk.
    await pipeline(Readable.fromWeb(answer.body), outgoing).catch(() => {});
  };
}

async function request(incoming) {
  const { method, url, headers } = incoming;
  const body = method === "GET" || method === "HEAD" ? undefined : await buffer(incoming);
  return new Request(`http://${HOST}${url}`, { method, headers, body });
}

function oops() {
  return new Response(OOPS, { status: 500, headers: { "Content-Type": "text/html; charset=utf-8" } });
}
