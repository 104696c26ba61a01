// One request of JSON on standard input, one answer of JSON on standard output; bytes are base64.
// The independent side of the interoperability tests: typage, the TypeScript implementation of age.
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { buffer } from "node:stream/consumers";

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const text = (data) => Buffer.from(data).toString("base64");

const answers = {
  async keygen() {
    const identity = await generateHybridIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  },

  async recipient({ identity }) {
    return { recipient: await identityToRecipient(identity) };
  },

  async encrypt({ recipients, plaintexts }) {
    const encrypter = new Encrypter();
    recipients.forEach((recipient) => encrypter.addRecipient(recipient));
    return { files: await all(plaintexts, (plain) => encrypter.encrypt(plain)) };
  },

  async decrypt({ identity, passphrase, files }) {
    const decrypter = new Decrypter();
    if (identity) decrypter.addIdentity(identity);
    if (passphrase) decrypter.addPassphrase(passphrase);
    return { plaintexts: await all(files, (file) => decrypter.decrypt(file)) };
  },

  async seal({ passphrase, workFactor, plaintext }) {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(passphrase);
    encrypter.setScryptWorkFactor(workFactor);
    return { file: text(await encrypter.encrypt(bytes(plaintext))) };
  },
};

async function all(values, change) {
  const changed = [];
  for (const value of values) changed.push(text(await change(bytes(value))));
  return changed;
}

const { ask, ...request } = JSON.parse(await buffer(process.stdin));
process.stdout.write(JSON.stringify(await answers[ask](request)));
