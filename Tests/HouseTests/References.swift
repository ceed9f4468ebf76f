import Foundation

/// What pages and comments point at inside the repository.
enum References {
  /// Targets of a page's relative links, as paths from the root; what lies on the web and places on the page itself are left out.
  static func links(in markdown: String, at path: String) -> [String] {
    let folder = path.split(separator: "/").dropLast().joined(separator: "/")
    return markdown.matches(of: /\]\(([^)#\s]+)(?:#[^)]*)?\)/).map { String($0.1) }
      .filter { !$0.contains(":") }
      .map { URL(filePath: "/" + folder).appending(path: $0).standardizedFileURL.path.trimmingCharacters(in: ["/"]) }
  }

  /// Pages that code mentions, such as `docs/method.md` in a comment.
  static func pages(in code: String) -> [String] {
    code.matches(of: /[\w.\/-]+\.md\b/).map { String($0.0) }
  }
}
