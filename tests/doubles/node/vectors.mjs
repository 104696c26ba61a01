// The C2SP CCTV vectors of age as one JSON object on standard output: name to base64.
import * as vectors from "cctv-age";

const named = Object.entries(vectors).map(([name, data]) => [name, Buffer.from(data).toString("base64")]);
process.stdout.write(JSON.stringify(Object.fromEntries(named)));
