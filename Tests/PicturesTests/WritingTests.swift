import Foundation
import LoRWeBPictures
import Testing

@Suite("Writing")
struct WritingTests {
  @Test(
    "PNG of every effort has the same pixels, and the fast one for photos is smaller than none",
    arguments: ["rgb.png", "rgba.png"])
  func pngEfforts(name: String) throws {
    let picture = try Fixtures.decoding(name)
    let files = try (0...9).map { try picture.encoded(as: .png, PictureWriting(compression: $0)) }
    for file in files { #expect(try Picture(data: file) == picture) }
    #expect(files[1].count < files[0].count)
  }

  @Test("PNG and lossless WebP give back every sample, alpha and the colours under it included")
  func lossless() throws {
    for channels in [3, 4] {
      let picture = try Fixtures.noise(PictureSize(width: 37, height: 21), channels: channels, seed: 9)
      #expect(try Picture(data: picture.encoded(as: .png)) == picture)
      #expect(try Picture(data: picture.encoded(as: .webp, PictureWriting(lossless: true))) == picture)
    }
  }

  @Test("JPEG and lossy WebP stay near, and quality matters")
  func lossy() throws {
    let picture = try Fixtures.decoding("rgb.png").resized(to: PictureSize(width: 160, height: 104), filter: .bicubic)
    for format in [PictureFormat.jpeg, .webp] {
      let fine = try picture.encoded(as: format)
      let coarse = try picture.encoded(as: format, PictureWriting(quality: 20))
      #expect(coarse.count < fine.count)
      #expect(try Fixtures.meanDistance(Picture(data: fine).pixels, picture.pixels) < 2)
      #expect(try Fixtures.meanDistance(Picture(data: coarse).pixels, picture.pixels) < 12)
    }
  }

  @Test("alpha survives PNG and WebP, and is laid on white in a JPEG")
  func alpha() throws {
    let picture = try Fixtures.decoding("rgba.png")
    #expect(try Picture(data: picture.encoded(as: .png)).alpha == picture.alpha)
    #expect(try Picture(data: picture.encoded(as: .webp)).alpha == picture.alpha)
    let flat = try Picture(data: picture.encoded(as: .jpeg))
    #expect(flat.alpha == nil)
    #expect(Fixtures.meanDistance(flat.pixels, picture.composited().pixels) < 3)
    #expect(picture.composited().pixels.prefix(3) == [255, 255, 255])
    #expect(try picture.composited().withAlpha(picture.alpha).alpha == picture.alpha)
  }

  @Test("results are tagged sRGB: PNG by its chunk, JPEG and WebP by a profile, and equal pictures give equal files")
  func tags() throws {
    let picture = try Fixtures.decoding("rgb.png")
    #expect(try picture.encoded(as: .png).range(of: Data("sRGB".utf8)) != nil)
    #expect(try picture.encoded(as: .jpeg).range(of: Data("ICC_PROFILE\0".utf8)) != nil)
    #expect(try picture.encoded(as: .webp).range(of: Data("ICCP".utf8)) != nil)
    for format in PictureFormat.allCases { #expect(try picture.encoded(as: format) == picture.encoded(as: format)) }
  }

  @Test("texts in a PNG come back, long and in any script")
  func text() throws {
    let texts = [
      "lorweb": "{\"seed\": 7, \"prompt\": \"Öl auf Leinwand, 油絵\"}", "Title": "plain", "empty": "",
      "long": String(repeating: "0123456789", count: 20_000),
    ]
    try Fixtures.inTemporaryFolder { folder in
      let url = folder.appending(path: "out.png")
      try Fixtures.decoding("rgba.png").write(to: url, PictureWriting(text: texts))
      #expect(try PictureFile(contentsOf: url).text() == texts)
      #expect(try Picture(contentsOf: url) == Fixtures.decoding("rgba.png"))
    }
    for key in ["", " outer", "dou  ble", "umlautö", String(repeating: "k", count: 80)] {
      #expect(throws: PicturesError.self) {
        try Fixtures.decoding("rgb.png").encoded(as: .png, PictureWriting(text: [key: "x"]))
      }
    }
    #expect(throws: PicturesError.self) {
      try Fixtures.decoding("rgb.png").encoded(as: .png, PictureWriting(text: ["key": "a\0b"]))
    }
  }

  @Test("texts in a JPEG and a WebP come back and change no pixel", arguments: [PictureFormat.jpeg, .webp])
  func packet(format: PictureFormat) throws {
    let texts = ["lorweb": "{\"seed\": 7, \"prompt\": \"<Öl> & 'Leinwand', 油絵 &lt;\r\n\"}", "other-key.2": "", "x": "a\tb"]
    for (name, lossless) in [("rgb.png", false), ("rgba.png", true), ("rgba.png", false)] {
      let picture = try Fixtures.decoding(name)
      let plain = try picture.encoded(as: format, PictureWriting(lossless: lossless))
      let file = PictureFile(try picture.encoded(as: format, PictureWriting(lossless: lossless, text: texts)), named: "x")
      #expect(try file.text() == texts)
      #expect(try file.picture() == Picture(data: plain))
      #expect(try PictureFile(plain, named: "x").text() == [:])
    }
    let picture = try Fixtures.decoding("rgb.png")
    for bad in [["a b": "x"], ["": "x"], ["1": "x"], ["key": "a\u{1}b"]] {
      #expect(throws: PicturesError.self) { try picture.encoded(as: format, PictureWriting(text: bad)) }
    }
    let long = PictureWriting(text: ["key": String(repeating: "x", count: 70_000)])
    if format == .jpeg {
      #expect(throws: PicturesError.self) { try picture.encoded(as: format, long) }
    } else {
      #expect(try PictureFile(picture.encoded(as: format, long), named: "x").text() == long.text)
    }
  }

  @Test("texts are found in XMP that another program has written anew, and broken XMP gives none")
  func foreignPacket() throws {
    let plain = try Fixtures.decoding("rgb.png").encoded(as: .jpeg)
    func texts(_ description: String) throws -> [String: String] {
      let content = Array("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta><rdf:RDF>\(description)</rdf:RDF></x:xmpmeta>".utf8)
      let head = [0xFF, 0xE1, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)]
      return try PictureFile(plain.prefix(2) + head + content + plain.dropFirst(2), named: "x").text()
    }
    let space = "xmlns:ns1 = 'urn:lorweb:text:'"
    #expect(try texts("<rdf:Description \(space) ns1:lorweb='{&quot;a&quot;:&#x31;}' />") == ["lorweb": "{\"a\":1}"])
    #expect(try texts("<rdf:Description \(space)><ns1:lorweb >&amp;amp;</ns1:lorweb></rdf:Description>") == ["lorweb": "&amp;"])
    #expect(try texts("<rdf:Description><ns1:lorweb>1</ns1:lorweb></rdf:Description>") == [:])
    for broken in ["<ns1:lorweb>1", "<ns1:", "<ns1:lorweb", " ns1:lorweb=", " ns1:lorweb='1", "<ns1:lorweb/>"] {
      #expect(try texts("<rdf:Description \(space)>\(broken)").isEmpty, "\(broken)")
    }
  }

  @Test("texts about the picture are told of the pixels a reader will find", arguments: ["png", "jpg", "webp"])
  func described(ending: String) throws {
    let opaque = try Fixtures.decoding("rgb.png")
    let full = try opaque.withAlpha([UInt8](repeating: 255, count: opaque.width * opaque.height))
    for picture in [opaque, full, try Fixtures.decoding("rgba.png")] {
      try Fixtures.inTemporaryFolder { folder in
        let url = folder.appending(path: "out.\(ending)")
        try picture.write(to: url) { ["checksum": Fixtures.checksum($0)] }
        let file = try PictureFile(contentsOf: url)
        #expect(try file.text() == ["checksum": Fixtures.checksum(file.picture())])
      }
    }
  }

  @Test("a file appears whole or not at all, and a failed write leaves the old one")
  func atomic() throws {
    let picture = try Fixtures.decoding("rgb.png")
    try Fixtures.inTemporaryFolder { folder in
      let url = folder.appending(path: "out.webp")
      try picture.write(to: url, PictureWriting(lossless: true))
      let old = try Data(contentsOf: url)
      let wide = try Picture(size: PictureSize(width: 16_384, height: 1), filledWith: .white)
      #expect(throws: PicturesError.self) { try wide.write(to: url) }
      #expect(throws: PicturesError.self) { try picture.write(to: url, PictureWriting(quality: 0)) }
      #expect(try Data(contentsOf: url) == old)
      try picture.resized(to: PictureSize(width: 4, height: 4)).write(to: url)
      #expect(try Picture(contentsOf: url).width == 4)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.webp"])
    }
  }

  @Test("a missing folder, a folder in the file's place and an unknown ending are said in one sentence")
  func unwritable() throws {
    let picture = try Fixtures.decoding("rgb.png")
    try Fixtures.inTemporaryFolder { folder in
      let lost = folder.appending(path: "no/where.png")
      #expect(throws: PicturesError.unwritable(file: lost.path, reason: "its folder or file does not exist")) {
        try picture.write(to: lost)
      }
      try FileManager.default.createDirectory(at: folder.appending(path: "taken.png/in"), withIntermediateDirectories: true)
      #expect(throws: PicturesError.self) { try picture.write(to: folder.appending(path: "taken.png")) }
      let reason = "its name must end in .png, .jpg, .jpeg or .webp"
      for name in ["x.tiff", "x"] {
        let url = folder.appending(path: name)
        #expect(throws: PicturesError.unwritable(file: url.path, reason: reason)) { try picture.write(to: url) }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken.png"])
    }
  }
}
