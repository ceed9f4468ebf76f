import Foundation
import LoRWeBTorch

/// Writes a safetensors file as the reference library does, tensor by tensor.
///
/// Layout is that of safetensors 0.8.0: data in the order of dtype (widest first), then of name by its UTF-8 bytes; a compact
/// header, metadata first, padded with spaces to a multiple of 8 bytes. So every tensor begins at a multiple of its element's size,
/// and of two writers of the same tensors neither's file differs (metadata keeps the order given here; the reference's is random).
///
/// A tensor may be given as a closure that makes it when its turn comes: then only one of them needs to exist at a time.
public struct SafetensorsWriter {
  public var metadata: SafetensorsMetadata
  var parts: [Part] = []

  struct Part {
    let name: String
    let dtype: DType
    let shape: [Int]
    let make: () throws -> Tensor
    var byteCount: Int { shape.reduce(dtype.size, *) }
  }

  public init(metadata: SafetensorsMetadata = [:]) { self.metadata = metadata }

  /// Adds a tensor. It is kept, not copied; one on another device or with gaps is copied alone, when its turn comes.
  public mutating func add(_ name: String, _ tensor: Tensor) { add(name, shape: tensor.shape, dtype: tensor.dtype) { tensor } }

  /// Adds a tensor that is made when its turn comes to be written, and released after.
  public mutating func add(_ name: String, shape: [Int], dtype: DType, make: @escaping () throws -> Tensor) {
    parts.append(Part(name: name, dtype: dtype, shape: shape, make: make))
  }

  /// Bytes of the file that `write` would make.
  /// - Throws: `CheckpointError` if the tensors can't stand in one file.
  public func byteCount(for url: URL) throws -> Int {
    let plan = try plan(for: url.path(percentEncoded: false))
    return plan.header.count + plan.dataCount
  }

  /// Writes the file: under a temporary name in the same folder, to the disk, then renamed.
  ///
  /// On failure, and when the task is cancelled, the temporary file is removed and an old file of this name is as it was. Tensors
  /// may be views of the very file that is replaced.
  /// - Throws: `CheckpointError` if the tensors can't stand in one file (empty, reserved or double names, absurd sizes), the
  ///   folder is missing, can't be written to or is too small; what a tensor's closure throws; `CancellationError`.
  public func write(to url: URL) throws {
    let file = url.path(percentEncoded: false)
    let plan = try plan(for: file)
    try AtomicFile.write(to: url, size: plan.header.count + plan.dataCount) { output in
      try plan.header.withUnsafeBytes(output.append)
      for part in plan.parts {
        try Task.checkCancellation()
        let tensor = try withTorchErrors { try part.make().detach().to(.cpu).contiguous() }
        if tensor.dtype != part.dtype || tensor.shape != part.shape {
          throw CheckpointError(
            .notStorable, file, expected: "\(part.dtype.safetensorsName) \(part.shape) for tensor \(quoted(part.name))",
            found: "\(tensor.dtype.safetensorsName) \(tensor.shape)", advice: "give the tensor that was announced")
        }
        try tensor.withUnsafeBytes(output.append)
      }
    }
  }

  /// The header's bytes, length included, and the tensors in the order of their data.
  private func plan(for file: String) throws -> (header: [UInt8], parts: [Part], dataCount: Int) {
    let ordered = parts.sorted { left, right in
      left.dtype == right.dtype
        ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
        : left.dtype.safetensorsRank < right.dtype.safetensorsRank
    }
    var seen: Set<String> = []
    var members: [String] = []
    try checkHeader(metadata.entries.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }, file: file)
    if !metadata.isEmpty {
      let entries = metadata.entries.map { Self.jsonString($0.key) + ":" + Self.jsonString($0.value) }
      members.append("\"\(SafetensorsHeader.metadataName)\":{\(entries.joined(separator: ","))}")
    }
    var end = 0
    for part in ordered {
      if part.name.isEmpty { throw CheckpointError.emptyName(file) }
      if part.name == SafetensorsHeader.metadataName {
        throw CheckpointError(
          .notStorable, file, expected: "a tensor's name", found: "\(quoted(part.name)), which the format keeps for itself",
          advice: "rename the tensor")
      }
      if !seen.insert(part.name).inserted { throw CheckpointError.duplicateName(file, part.name) }
      guard let size = part.dtype.byteCount(shape: part.shape), case let (next, overflow) = end.addingReportingOverflow(size),
        !overflow
      else { throw CheckpointError.sizeOverflow(file, part.name, part.shape) }
      let shape = part.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(Self.jsonString(part.name)):{\"dtype\":\"\(part.dtype.safetensorsName)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(end),\(next)]}")
      end = next
    }
    return (try header("{" + members.joined(separator: ",") + "}", file: file), ordered, end)
  }

  /// The JSON padded to a multiple of 8 bytes, after its length as 8 bytes little-endian.
  private func header(_ json: String, file: String) throws -> [UInt8] {
    var text = Array(json.utf8)
    text += repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    try checkHeader(text.count, file: file)
    return withUnsafeBytes(of: UInt64(text.count).littleEndian, Array.init) + text
  }

  private func checkHeader(_ count: Int, file: String) throws {
    let limit = SafetensorsHeader.sizeLimit
    guard count > limit else { return }
    throw CheckpointError(
      .notStorable, file,
      "the header may have \(limit) bytes, these names and metadata need \(count); shorten the metadata or write several files")
  }

  /// JSON's string literal as the reference library writes it: only what must be escaped is.
  private static func jsonString(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\u{8}": result += "\\b"
      case "\u{c}": result += "\\f"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
