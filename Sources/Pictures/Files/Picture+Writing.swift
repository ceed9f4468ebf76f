import Foundation

/// How a picture is written.
public struct PictureWriting: Equatable, Sendable {
  /// JPEG and lossy WebP, 1 to 100. From 90 on JPEG keeps colour at full resolution.
  public var quality = 95
  /// WebP without loss, invisible pixels' colours included.
  public var lossless = false
  /// zlib's effort for PNG, 0 to 9; 6 makes files 6 % smaller than 4 in nearly three times the time, 1 is for photos by thousands.
  public var compression = 4
  /// Texts by key: a PNG's text chunks, XMP in JPEG and WebP.
  public var text: [String: String] = [:]

  public init(quality: Int = 95, lossless: Bool = false, compression: Int = 4, text: [String: String] = [:]) {
    (self.quality, self.lossless, self.compression, self.text) = (quality, lossless, compression, text)
  }
}

extension Picture {
  /// The bytes of a file in `format`, tagged sRGB: PNG by its sRGB chunk, JPEG and WebP by an embedded sRGB profile, which
  /// browsers and viewers honour where few look at EXIF's colour space. JPEG has no alpha: the picture is laid on white.
  /// - Throws: `PicturesError.notEncodable` if the format can't hold the picture or its texts, or an option is out of range.
  public func encoded(
    as format: PictureFormat, _ options: PictureWriting = PictureWriting(), named name: String = "The picture"
  ) throws -> Data {
    try encoded(as: format, options, named: name, describedBy: nil)
  }

  private func encoded(
    as format: PictureFormat, _ options: PictureWriting, named name: String,
    describedBy text: ((Picture) throws -> [String: String])?
  ) throws -> Data {
    guard (1...100).contains(options.quality), (0...9).contains(options.compression) else {
      throw PicturesError.notEncodable(
        file: name, format: format.name,
        reason: "quality must be 1 to 100 and compression 0 to 9 but they are \(options.quality) and \(options.compression)")
    }
    let plain: Data
    switch format {
    case .png:
      let texts = try text?(withoutFullCoverage) ?? options.text
      return try PNGFile.encode(self, compression: options.compression, text: texts, file: name)
    case .jpeg: plain = try JPEGFile.encode(self, quality: options.quality, file: name)
    case .webp: plain = try WebPFile.encode(self, quality: options.quality, lossless: options.lossless, file: name)
    }
    let texts = try text.map { try $0(Picture(data: plain, named: name, pixelLimit: .max)) } ?? options.text
    guard let packet = try TextPacket.data(texts, file: name, format: format) else { return plain }
    return format == .jpeg ? try JPEGFile.adding(packet, to: plain, file: name) : WebPContainer(plain).adding(packet)
  }

  /// An alpha plane that covers everything is not read back.
  private var withoutFullCoverage: Picture {
    alpha?.allSatisfy { $0 == 255 } == true ? Picture(checked: size, pixels: pixels, alpha: nil) : self
  }

  /// Writes a .png, .jpg, .jpeg or .webp file by the name's ending, as `encoded(as:_:named:)`, under another name in the same folder;
  /// what stood there before stays until it is renamed.
  /// - Parameter text: makes the texts, in place of the options', from the picture as a reader will find it in the file, which JPEG
  ///   and lossy WebP change.
  /// - Throws: `PicturesError.notEncodable` or `.unwritable`; what `text` throws.
  public func write(
    to url: URL, _ options: PictureWriting = PictureWriting(), describedBy text: ((Picture) throws -> [String: String])? = nil
  ) throws {
    guard let format = PictureFormat(pathExtension: url.pathExtension) else {
      throw PicturesError.unwritable(file: url.path, reason: "its name must end in .png, .jpg, .jpeg or .webp")
    }
    let data = try encoded(as: format, options, named: url.lastPathComponent, describedBy: text)
    do {
      try data.write(to: url, options: .atomic)
    } catch let error as CocoaError {
      throw PicturesError.unwritable(file: url.path, reason: error.plainReason)
    }
  }
}

extension CocoaError {
  /// A clause in place of Foundation's paragraph.
  public var plainReason: String {
    switch code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "its folder or file does not exist"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission is denied"
    case .fileWriteOutOfSpace: "the disk is full"
    case .fileWriteVolumeReadOnly: "the disk is read-only"
    default: (underlying as NSError?)?.localizedDescription ?? "Foundation's file error \(code.rawValue)"
    }
  }
}
