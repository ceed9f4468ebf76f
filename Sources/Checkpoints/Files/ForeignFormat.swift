import Foundation

/// Files that are often given where a safetensors file is meant, told by their first bytes, so that the error can say what to do.
struct ForeignFormat {
  let name, advice: String

  /// Endings of files that hold pickles, PyTorch's and others'.
  static let pickleEndings: Set<String> = ["bin", "pt", "pth", "ckpt", "pkl", "pickle"]

  static func isPickle(_ url: URL) -> Bool { pickleEndings.contains(url.pathExtension.lowercased()) }

  /// Beginnings of other formats. Some of the short ones begin a header's length too, so they are asked only when that is absurd.
  private static let known: [(start: [UInt8], name: String, advice: String)] = [
    (Array("version ".utf8), "a Git LFS pointer", "fetch the file itself, with git lfs pull or a download"),
    (Array("GGUF".utf8), "a GGUF file", sameModel),
    (Array("PK\u{3}\u{4}".utf8), "a zip archive, as PyTorch's pickles are", "convert it to safetensors"),
    ([0x80], "a pickle, which can run code", "convert it to safetensors"),
    (Array("<!DOCTYPE".utf8), "a web page", download), (Array("<html".utf8), "a web page", download),
    ([0x1f, 0x8b, 0x08], "a gzip archive", "unpack it first"),
    ([0x89, 0x48, 0x44, 0x46], "an HDF5 file", sameModel),
    (Array("ptrt".utf8), tensorRT, sameModel), (Array("ftrt".utf8), tensorRT, sameModel),
  ]
  /// Formats that show by their endings alone.
  private static let endings = ["onnx": onnx, "onnx_data": onnx, "engine": tensorRT, "plan": tensorRT, "trt": tensorRT]
  private static let (onnx, tensorRT) = ("an ONNX model", "a TensorRT engine")
  private static let sameModel = "give the safetensors files of the same model"
  private static let download = "download the file itself, signed in if its licence asks for it"

  /// The format that begins with these bytes, if it is known.
  init?(firstBytes: some Collection<UInt8>) {
    guard let match = Self.known.first(where: { firstBytes.starts(with: $0.start) }) else { return nil }
    (name, advice) = (match.name, match.advice)
  }

  /// The format that a file's name tells, if it does.
  init?(ending url: URL) {
    guard let name = Self.endings[url.pathExtension.lowercased()] else { return nil }
    (self.name, advice) = (name, Self.sameModel)
  }
}
