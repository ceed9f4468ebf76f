import Foundation

/// A format that is recognised, not read, and named when refused.
struct RefusedFormat: Equatable {
  let name, advice: String

  private static let export = "open it in a photo or image program and export it as PNG or JPEG"
  private static let develop = "develop it in a raw converter and export a PNG or JPEG"
  private static let frame = "save the one frame you mean as a PNG"

  static let animatedPNG = RefusedFormat("an animated PNG", frame)
  static let animatedWebP = RefusedFormat("an animated WebP", frame)

  private init(_ name: String, _ advice: String = export) { (self.name, self.advice) = (name, advice) }

  private static func raw(_ name: String) -> RefusedFormat { RefusedFormat("a raw camera file (\(name))", develop) }
  func error(for file: String) -> PicturesError { .refusedFormat(file: file, format: name, advice: advice) }

  private static let signatures: [(String, RefusedFormat)] = [
    ("GIF87a", RefusedFormat("a GIF", frame)), ("GIF89a", RefusedFormat("a GIF", frame)),
    ("8BPS", RefusedFormat("a Photoshop document")), ("gimp xcf", RefusedFormat("a GIMP document")),
    ("#?RADIANCE", RefusedFormat("a Radiance HDR picture")), ("qoif", RefusedFormat("a QOI picture")),
    ("%PDF", RefusedFormat("a PDF document")), ("<svg", RefusedFormat("an SVG drawing")),
    ("FUJIFILMCCD-RAW", raw("RAF, Fujifilm")), ("FOVb", raw("X3F, Sigma")),
    ("\0\0\0\u{C}JXL ", RefusedFormat("a JPEG XL picture")), ("\0\0\0\u{C}jP  ", RefusedFormat("a JPEG 2000 picture")),
  ]
  private static let binarySignatures: [([UInt8], RefusedFormat)] = [
    ([0xFF, 0x0A], RefusedFormat("a JPEG XL picture")), ([0x76, 0x2F, 0x31, 0x01], RefusedFormat("an OpenEXR picture")),
    ([0x8A, 0x4D, 0x4E, 0x47], RefusedFormat("an animation (MNG)", frame)),
    ([0x1A, 0x45, 0xDF, 0xA3], RefusedFormat("a video", frame)),
  ]

  init?(recognising head: ByteReader, file: String) {
    guard let found = Self.simple(head) ?? Self.isoMedia(head) ?? Self.tiff(head, file: file) else { return nil }
    self = found
  }

  /// Formats with a signature of their own.
  private static func simple(_ head: ByteReader) -> RefusedFormat? {
    if let match = signatures.first(where: { head.starts(with: $0.0) }) { return match.1 }
    if let match = binarySignatures.first(where: { head.starts(with: $0.0) }) { return match.1 }
    // "BM" alone begins many texts; a bitmap's header also gives a known length of its own.
    if head.starts(with: "BM"), let length = head.littleEndian32(at: 14), [12, 40, 52, 56, 64, 108, 124].contains(length) {
      return RefusedFormat("a BMP picture")
    }
    if head.starts(with: [0, 0, 1, 0]), let count = head.littleEndian16(at: 4), (1...64).contains(count) {
      return RefusedFormat("a Windows icon")
    }
    if let mark = head.byte(at: 1), head.starts(with: "P"), (0x31...0x37).contains(mark),
      let space = head.byte(at: 2), [0x20, 0x09, 0x0A, 0x0D].contains(space)
    {
      return RefusedFormat("a Netpbm picture")
    }
    return nil
  }

  /// HEIC, AVIF, CR3 and videos are boxes after one `ftyp` box with brands; "mif1" stands for HEIC and AVIF alike.
  private static func isoMedia(_ head: ByteReader) -> RefusedFormat? {
    guard head.starts(with: "ftyp", at: 4), let length = head.bigEndian32(at: 0) else { return nil }
    let end = min(Int(length), 256)
    let brands = ([8] + Array(stride(from: 16, to: max(16, end - 3), by: 4))).compactMap { head.ascii(at: $0, count: 4) }
    if brands.contains(where: { ["avif", "avis"].contains($0) }) { return RefusedFormat("an AVIF picture") }
    if brands.first == "crx " { return raw("CR3, Canon") }
    if brands.contains(where: { ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"].contains($0) }) {
      return RefusedFormat("a HEIC picture")
    }
    return RefusedFormat("a video", frame)
  }

  /// TIFF and the raw formats built on it.
  private static func tiff(_ head: ByteReader, file: String) -> RefusedFormat? {
    if head.starts(with: "IIRO") || head.starts(with: "IIRS") || head.starts(with: "MMOR") { return raw("ORF, Olympus") }
    if head.starts(with: [0x49, 0x49, 0x55, 0x00]) { return raw("RW2, Panasonic") }
    if head.starts(with: [0x49, 0x49, 0x2B, 0x00]) || head.starts(with: [0x4D, 0x4D, 0x00, 0x2B]) {
      return RefusedFormat("a TIFF picture")
    }
    guard let directory = TIFFDirectory(head) else { return nil }
    if head.starts(with: "CR", at: 8) { return raw("CR2, Canon") }
    if directory.entry(TIFFDirectory.dngVersion) != nil { return raw("DNG") }
    let ending = file.split(separator: ".").last.map { $0.uppercased() } ?? ""
    if ["NEF", "NRW", "ARW", "SR2", "PEF", "SRW", "3FR", "IIQ", "ERF", "MEF", "KDC", "DCR"].contains(ending) {
      return raw(ending)
    }
    if directory.entry(TIFFDirectory.subDirectories) != nil, let make = directory.text(TIFFDirectory.make) {
      let makers = ["NIKON": "NEF, Nikon", "SONY": "ARW, Sony", "PENTAX": "PEF, Pentax", "SAMSUNG": "SRW, Samsung"]
      if let maker = makers.first(where: { make.hasPrefix($0.key) }) { return raw(maker.value) }
    }
    return RefusedFormat("a TIFF picture")
  }
}
