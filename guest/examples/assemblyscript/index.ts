// An example of a runner in AssemblyScript: it takes the kind "notify", fills in a template, and has the text sent by a
// command that the operator configured, on its standard input.
import {
  Pair, Process, Task, TextBuilder, built, config, env, internal, invalid, missing, reply, spec,
} from "../../assemblyscript/assembly/index";

export { solti_abi_v1 } from "../../assemblyscript/assembly/index";

const TEMPLATE = "/kind/notify/template";
const VALUES = "/kind/notify/values";
const COMMAND = "/command";
const LONGEST = 65536;

export function name(): void {
  reply("notify");
}

export function supports(): bool {
  return spec.has("/kind/notify");
}

/** Reads both, fills in the one with the other, and makes the task; says what is wrong otherwise. */
export function build(): i32 {
  const template = spec.text(TEMPLATE);
  if (template === null) return missing(TEMPLATE);
  const given = spec.pairs(VALUES);
  if (given === null && spec.has(VALUES)) return invalid(VALUES + ": expected names and values");
  const rendering = new Rendering(given === null ? new Array<Pair>() : given);
  rendering.fill(template);
  if (rendering.fault.length > 0) return invalid(TEMPLATE + ": " + rendering.fault);
  const text = rendering.text.toString();
  if (text.length > LONGEST) return invalid(TEMPLATE + ": makes a text of more than " + LONGEST.toString() + " characters");

  const command = config.texts(COMMAND);
  if (command === null || command.length == 0) {
    return internal("the operator has to configure a list of at least one as " + COMMAND.substring(1));
  }
  const action = new Process(command[0]);
  action.args = command.slice(1);
  action.stdin = text;
  const variables = env.all();
  if (variables !== null) action.env = variables; // those that the operator granted
  const task = new Task(action);
  task.description = "sends " + text.length.toString() + " characters";
  return built(task);
}

/** A template with each {{name}} replaced by the value of that name. */
class Rendering {
  /** The template as far as it is filled in. */
  text: TextBuilder = new TextBuilder();
  /** What is wrong with the template, or empty. */
  fault: string = "";

  constructor(private values: Pair[]) {}

  fill(template: string): void {
    let at = 0; // what is before it is in text
    while (true) {
      const open = template.indexOf("{{", at);
      if (open < 0) break;
      const close = template.indexOf("}}", open);
      if (close < 0) {
        this.fault = "the {{ at character " + (open + 1).toString() + " is not closed";
        return;
      }
      const name = template.substring(open + 2, close).trim();
      const value = this.value(name);
      if (value === null) {
        this.fault = "there is no value for {{" + name + "}}";
        return;
      }
      this.text.add(template.substring(at, open));
      this.text.add(value);
      at = close + 2;
    }
    this.text.add(template.substring(at));
  }

  private value(name: string): string | null {
    for (let i = 0; i < this.values.length; i++) {
      if (this.values[i].key == name) return this.values[i].value;
    }
    return null;
  }
}
