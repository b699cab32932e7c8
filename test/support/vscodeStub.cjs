/* What activation touches of the editor's API, keeping what was registered. The editor itself is tested in test/workbench. */
const registered = [];
class EventEmitter {
  event = () => ({ dispose() {} });
  fire() {}
  dispose() {}
}
class MarkdownString {
  value = '';
}
class Disposable {
  static from = () => new Disposable();
  dispose() {}
}
module.exports = {
  registered,
  Disposable,
  EventEmitter,
  MarkdownString,
  commands: {
    registerCommand: (id, handler) => {
      registered.push({ id, handler });
      return { dispose() {} };
    },
  },
  workspace: { registerFileSystemProvider: () => ({ dispose() {} }) },
};
