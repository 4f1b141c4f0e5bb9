// Says what an OpenAI endpoint answers: node say.mjs URL. The text goes to stdout as it comes; exit status 1, and the
// error on stderr, where the client throws one.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: `${process.argv[2]}/v1`, apiKey: "sk-not-a-real-key-0123456789", timeout: 3000 });
const messages = [{ role: "user", content: "How are you?" }];
try {
  const stream = await client.chat.completions.create({ model: "gpt-3.5-turbo", messages, stream: true });
  for await (const chunk of stream) {
    for (const choice of chunk.choices) process.stdout.write(choice.delta.content ?? "");
  }
} catch (error) {
  console.error(`${error.constructor.name}: ${error.message}`.split("\n")[0]);
  process.exitCode = 1;
}
