import Foundation

/// Texts by key as JPEG and WebP carry them: an XMP packet with an element a key, in a namespace of our own.
enum TextPacket {
  private static let namespace = "urn:lorweb:text:"

  /// The packet; nil without texts.
  /// - Throws: `PicturesError.notEncodable` for a key that is no XML name and for a character XML can't hold.
  static func data(_ texts: [String: String], file: String, format: PictureFormat) throws -> Data? {
    guard !texts.isEmpty else { return nil }
    let elements = try texts.sorted { $0.key < $1.key }.map { key, value in
      guard key.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\-]{0,78}/) != nil else {
        throw PicturesError.notEncodable(
          file: file, format: format.name,
          reason:
            "the text key \"\(key)\" must be 1 to 79 letters, digits, dots, dashes and underscores and begin with a letter")
      }
      guard value.unicodeScalars.allSatisfy({ $0.value >= 32 || $0 == "\n" || $0 == "\r" || $0 == "\t" }) else {
        throw PicturesError.notEncodable(file: file, format: format.name, reason: "a text contains a control character")
      }
      return "<text:\(key)>\(escaped(value))</text:\(key)>\n"
    }
    return Data(
      """
      <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
      <x:xmpmeta xmlns:x="adobe:ns:meta/">
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description rdf:about="" xmlns:text="\(namespace)">
      \(elements.joined())</rdf:Description>
      </rdf:RDF>
      </x:xmpmeta>
      <?xpacket end="w"?>
      """.utf8)
  }

  /// The texts of a packet, also of one that another program has written anew: as elements or attributes, under any prefix.
  static func text(in packet: Data?) -> [String: String] {
    guard let packet, let text = String(data: packet, encoding: .utf8), text.contains(namespace),
      let prefix = text.firstMatch(of: /xmlns:([A-Za-z0-9_.\-]+)\s*=\s*["']urn:lorweb:text:["']/)?.1
    else { return [:] }
    var texts: [String: String] = [:]
    // A name of our namespace: behind it an element's text or an attribute's.
    for piece in text.ranges(of: "\(prefix):") {
      guard let before = text[..<piece.lowerBound].last, before == "<" || before.isWhitespace else { continue }
      let rest = text[piece.upperBound...]
      let key = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }
      let behind = rest[key.endIndex...].drop(while: \.isWhitespace)
      guard !key.isEmpty, let mark = behind.first else { continue }
      let value: Substring?
      if before == "<", mark == ">" {
        value = behind.dropFirst().range(of: "</\(prefix):\(key)").map { behind.dropFirst()[..<$0.lowerBound] }
      } else if before != "<", mark == "=", let quote = behind.dropFirst().drop(while: \.isWhitespace).first,
        quote == "\"" || quote == "'"
      {
        let inside = behind.dropFirst().drop(while: \.isWhitespace).dropFirst()
        value = inside.firstIndex(of: quote).map { inside[..<$0] }
      } else {
        value = nil
      }
      if let value { texts[String(key)] = unescaped(value) }
    }
    return texts
  }

  private static let entities: [(character: String, name: String)] = [
    ("&", "amp"), ("<", "lt"), (">", "gt"), ("\"", "quot"), ("'", "apos"),
  ]

  private static func escaped(_ text: String) -> String {
    // By scalars: to Swift "\r\n" is one character.
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\r": result += "&#13;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    String(text).replacing(/&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]{1,4}));/) { match in
      let number = match.1.flatMap { UInt32($0, radix: 16) } ?? match.2.flatMap { UInt32($0) }
      if let number { return Unicode.Scalar(number).map { String(Character($0)) } ?? "" }
      return entities.first { $0.name == match.3.map(String.init) }?.character ?? String(match.0)
    }
  }
}
