// Asks an OpenAI endpoint: node ask.mjs URL, with a JSON list of prompts on stdin.
//
// On stdout a JSON list with as many answers: the chunks of each stream as the client gave them, and the class of
// the error that ended it, if one did.
import { json } from "node:stream/consumers";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "sk-not-a-real-key-0123456789", maxRetries: 0 });
const answers = [];
for (const prompt of await json(process.stdin)) answers.push(await ask(prompt));
console.log(JSON.stringify(answers));

async function ask(content) {
  const chunks = [];
  try {
    const messages = [{ role: "user", content }];
    const stream = await client.chat.completions.create({ model: "gpt-3.5-turbo", messages, stream: true });
    for await (const chunk of stream) chunks.push(chunk);
  } catch (error) {
    return { chunks, error: error.constructor.name, status: error.status ?? null };
  }
  return { chunks, error: null, status: 200 };
}
