import Foundation
import LoRWeBCheckpoints

/// A page of HTML in one file: no script, no font, nothing fetched.
struct HTMLPage {
  let title: String
  private(set) var body = ""

  mutating func text(_ text: String, _ tag: String = "p") { body += "<\(tag)>\(Self.escaped(text))</\(tag)>\n" }
  mutating func add(_ html: String) { body += html + "\n" }

  /// A table; cells are HTML.
  mutating func table(head: [String], rows: [[String]]) {
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>" + cells.map { "<\(tag)>\($0)</\(tag)>" }.joined() + "</tr>\n"
    }
    body += "<table>\n" + row(head.map(Self.escaped), "th") + rows.map { row($0, "td") }.joined() + "</table>\n"
  }

  static func image(_ jpeg: Data, _ description: String) -> String {
    #"<img alt="\#(escaped(description))" src="data:image/jpeg;base64,\#(jpeg.base64EncodedString())">"#
  }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }

  func write(to url: URL) throws {
    let page = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title><style>
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em; color: #222 }
      h1, h2 { font-weight: 600 } h2 { margin-top: 2em; font-size: 1.15em }
      figure { display: inline-block; margin: 0 1.5em 1em 0 } figcaption { font-weight: 600 }
      td, th { padding: .2em .8em .2em 0; text-align: left; font-weight: normal } th { color: #666 }
      td img { width: 128px; image-rendering: auto; display: block }
      pre { background: #f6f6f6; padding: 1em; overflow-x: auto; font-size: 13px }
      .passed { color: #27722a } .failed { color: #b00020; font-weight: 600 }
      </style></head><body>
      <h1>\(Self.escaped(title))</h1>
      \(body)</body></html>

      """
    try Data(page.utf8).writeDurably(to: url)
  }
}
