import Foundation

/// The formats pictures are read from and written to.
public enum PictureFormat: String, CaseIterable, Sendable {
  case png, jpeg, webp

  /// The name in sentences.
  public var name: String {
    switch self {
    case .png: "PNG"
    case .jpeg: "JPEG"
    case .webp: "WebP"
    }
  }

  /// The format a file name's ending stands for, nil for any but .png, .jpg, .jpeg and .webp.
  public init?(pathExtension: String) {
    switch pathExtension.lowercased() {
    case "png": self = .png
    case "jpg", "jpeg": self = .jpeg
    case "webp": self = .webp
    default: return nil
    }
  }
}

extension PictureFormat {
  /// The format of a file by its first bytes; the name only tells one camera's raw files from another's.
  /// - Throws: `PicturesError.refusedFormat` for a known format that isn't read, `.unknownFormat` for anything else.
  public init(recognising data: Data, file: String) throws {
    let head = ByteReader(data)
    if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if head.starts(with: [0xFF, 0xD8]) {
      self = .jpeg
    } else if head.starts(with: "RIFF"), head.starts(with: "WEBP", at: 8) {
      self = .webp
    } else if let refused = RefusedFormat(recognising: head, file: file) {
      throw refused.error(for: file)
    } else {
      throw PicturesError.unknownFormat(file: file, found: Self.impression(of: data))
    }
  }

  private static func impression(of data: Data) -> String {
    if data.isEmpty { return "it is empty" }
    let head = data.prefix(64)
    if let text = String(data: head, encoding: .utf8), text.allSatisfy({ !$0.isASCII || $0.isWhitespace || $0 >= " " }) {
      let lowered = text.lowercased()
      let isPage = lowered.contains("<!doctype html") || lowered.contains("<html")
      return isPage ? "it is a web page, perhaps a failed download" : "it is text"
    }
    return "it begins with the bytes " + head.prefix(4).map { String(format: "%02X", Int($0)) }.joined(separator: " ")
  }
}
