import Foundation
import Yams

/// YAML text, and so JSON text, as dictionaries, lists and plain values.
public enum YAMLText {
  /// Where and why a text is no YAML, in the parser's words: `line 3, column 7: did not find expected key`.
  public struct Trouble: Error, Equatable, CustomStringConvertible { public let description: String }

  /// The value of a text's only document; nil for an empty text.
  public static func value(_ text: String) throws(Trouble) -> Any? {
    do { return try Yams.load(yaml: text) } catch { throw Trouble(description: words(error)) }
  }

  private static func words(_ error: any Error) -> String {
    func at(_ mark: Mark, _ problem: String, _ context: YamlError.Context? = nil) -> String {
      "line \(mark.line), column \(mark.column): \(problem)" + (context.map { ", \($0.text)" } ?? "")
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return at(mark, problem, context)
    case .duplicatedKeysInMapping(let keys, let context):
      return at(context.mark, "the key \(keys.sorted().joined(separator: ", ")) stands twice in one group")
    case let other:
      let first = "\(other ?? error)".split(separator: "\n").first.map(String.init) ?? "it can't be read"
      return first.trimmingCharacters(in: [":", ".", " "])
    }
  }
}
