import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of the tests and what it has signed: PEM files in a folder, valid for a day. */
export class TestCertificates {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    if (!existsSync(this.authority)) this.#makeAuthority();
  }

  /** What a client has to trust. */
  get authority(): string {
    return join(this.#folder, "authority.pem");
  }

  /** @param names as openssl writes them: `DNS:localhost`, `IP:127.0.0.1` */
  sign(file: string, names: readonly string[]): CertificateFiles {
    const [certificate, key] = [
      join(this.#folder, `${file}.pem`),
      join(this.#folder, `${file}.key`),
    ];
    const request = join(this.#folder, `${file}.csr`);
    openssl("req", "-new", ...newKey, "-keyout", key, "-out", request, "-subj", `/CN=${file}`);
    const extensions = join(this.#folder, `${file}.ext`);
    writeFileSync(extensions, `subjectAltName=${names.join(",")}`);
    const signing = ["-CA", this.authority, "-CAkey", this.#authorityKey, "-CAcreateserial"];
    const wanted = ["-in", request, "-out", certificate, "-extfile", extensions];
    openssl("x509", "-req", "-days", "1", ...wanted, ...signing);
    return { certificate, key };
  }

  get #authorityKey(): string {
    return join(this.#folder, "authority.key");
  }

  #makeAuthority(): void {
    const files = ["-keyout", this.#authorityKey, "-out", this.authority];
    openssl("req", "-x509", ...newKey, ...files, "-days", "1", "-subj", "/CN=authority of a test");
  }
}

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function openssl(...args: readonly string[]): void {
  const { exitCode, stderr } = Bun.spawnSync(["openssl", ...args]);
  if (exitCode !== 0) throw new Error(`openssl ${args[0]}: ${stderr.toString()}`);
}
