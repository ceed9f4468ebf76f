import Foundation

/// Files that are often given where a safetensors file is meant, told by their first bytes, so that the error can say what to do.
struct ForeignFormat {
  let name: String
  let advice: String

  /// Endings of files that hold pickles, PyTorch's and others'.
  static let pickleEndings: Set<String> = ["bin", "pt", "pth", "ckpt", "pkl", "pickle"]

  static func isPickle(_ url: URL) -> Bool { pickleEndings.contains(url.pathExtension.lowercased()) }

  /// Beginnings of other formats. Some of the short ones begin a header's length too, so they are asked only when that is absurd.
  private static let known: [(start: [UInt8], format: ForeignFormat)] = [
    (
      Array("version ".utf8),
      ForeignFormat(name: "a Git LFS pointer", advice: "fetch the file itself, with git lfs pull or a download")
    ),
    (Array("GGUF".utf8), ForeignFormat(name: "a GGUF file", advice: "give the safetensors files of the same model")),
    (
      Array("PK\u{3}\u{4}".utf8),
      ForeignFormat(name: "a zip archive, as PyTorch's pickles are", advice: "convert it to safetensors")
    ),
    ([0x80], ForeignFormat(name: "a pickle, which can run code", advice: "convert it to safetensors")),
    (
      Array("<!DOCTYPE".utf8),
      ForeignFormat(name: "a web page", advice: "download the file itself, signed in if its licence asks for it")
    ),
    (
      Array("<html".utf8),
      ForeignFormat(name: "a web page", advice: "download the file itself, signed in if its licence asks for it")
    ),
    ([0x1f, 0x8b, 0x08], ForeignFormat(name: "a gzip archive", advice: "unpack it first")),
    ([0x89, 0x48, 0x44, 0x46], ForeignFormat(name: "an HDF5 file", advice: "give the safetensors files of the same model")),
  ]

  init(name: String, advice: String) {
    self.name = name
    self.advice = advice
  }

  /// The format that begins with these bytes, if it is known.
  init?(firstBytes: some Collection<UInt8>) {
    guard let match = Self.known.first(where: { firstBytes.starts(with: $0.start) }) else { return nil }
    self = match.format
  }
}
