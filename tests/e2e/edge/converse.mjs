// The edge function: a conversation in, the model's event stream out, untouched.
//
// It does what the open-source web app does that Vitalentum's path, body and speakers come from: checks the two parameters,
// puts a system message first, asks the model for a stream through `openai-edge`, and hands the body on as it arrives.
// `openai-edge` does not look at the model's status, so an error of the model goes out as HTTP 200 too: that is the
// behaviour these tests are here to see, not a slip of ours.
import { Configuration, OpenAIApi } from "openai-edge";

const STREAM_HEAD = {
  "Access-Control-Allow-Origin": "*",
  "Content-Type": "text/event-stream;charset=utf-8",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
};
const SYSTEM = { role: "system", content: "You are a helpful assistant." };

/** A function from Request to Response that asks the model at `basePath`. It throws when the body is not JSON. */
export function converse(basePath) {
  const openai = new OpenAIApi(new Configuration({ apiKey: "unused", basePath }));
  return async (request) => {
    const body = await request.json();
    let question;
    try {
      question = checked(body);
    } catch (error) {
      return refusal({ message: error.message });
    }
    try {
      return await stream(openai, question);
    } catch (error) {
      return refusal({ cause: error.cause });
    }
  };
}

function checked(body) {
  const history = JSON.parse(body.conversation)?.history;
  if (!history) throw new Error("Invalid conversation");
  const temperature = parseFloat(body.temperature);
  if (!(temperature >= 0 && temperature <= 1)) throw new Error("Invalid temperature");
  return { history, temperature };
}

async function stream(openai, { history, temperature }) {
  const messages = [SYSTEM, ...history.map(message)];
  const question = { model: "gpt-3.5-turbo", messages, max_tokens: 1024, temperature, stream: true };
  const reply = await openai.createChatCompletion(question);
  return new Response(reply.body, { headers: STREAM_HEAD });
}

const message = ({ speaker, text }) => ({ role: speaker === "human" ? "user" : "assistant", content: text });

const refusal = (value) => Response.json(value, { status: 400 });
