import { TemporaryFolder } from "./temporary-folder.ts";

/** Whether a real secret service can be started here: dbus and gnome-keyring are installed. */
export const hasSecretService = ["dbus-run-session", "dbus-send", "gnome-keyring-daemon"].every(
  (program) => Bun.which(program) !== null,
);

/** A session bus with an unlocked gnome-keyring of its own; it ends when disposed. */
export async function startSecretService() {
  const home = new TemporaryFolder();
  const script =
    'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null && echo "$DBUS_SESSION_BUS_ADDRESS" && cat';
  const session = Bun.spawn(["dbus-run-session", "--", "sh", "-c", script], {
    env: { PATH: process.env.PATH, HOME: home.path, XDG_RUNTIME_DIR: home.path },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "ignore",
  });
  const { value } = await session.stdout.getReader().read();
  const variables = {
    PATH: process.env.PATH,
    HOME: home.path,
    DBUS_SESSION_BUS_ADDRESS: new TextDecoder().decode(value).trim(),
  };
  return {
    variables,
    /** Locks the keyring; nobody is there to unlock it. */
    lock: async (): Promise<void> => {
      const method = "org.freedesktop.Secret.Service.Lock";
      const collection = "/org/freedesktop/secrets/collection/login";
      const target = ["--dest=org.freedesktop.secrets", "/org/freedesktop/secrets", method];
      await Bun.spawn(
        ["dbus-send", "--session", "--print-reply", ...target, `array:objpath:${collection}`],
        { env: variables, stdout: "ignore" },
      ).exited;
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await session.stdin.end();
      await session.exited;
      home[Symbol.dispose]();
    },
  };
}
