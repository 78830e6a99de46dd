"""Hostile addresses: every way that is known to us of writing one that must not be called.

`{port}` is that of the listeners that must not hear of any. Names under `.test` are answered by the tests' resolver.
"""

from itertools import product

FORBIDDEN = [
    *("127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255"),
    *("100.64.0.1", "100.100.100.200", "100.127.255.254", "169.254.0.1", "169.254.169.254", "169.254.170.2"),
    *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1"),
    *("192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:8.8.8.8", "0:0:0:0:0:ffff:7f00:1", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    *("64:ff9b:1::7f00:1", "100::1", "2001::7f00:1", "2001:0:7f00:1::", "2001:10::1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:7f00:1::1", "2002:a9fe:a9fe::", "3fff::1", "5f00::1", "fc00::1", "fd00::1"),
    *("fd00:ec2::254", "fd20:ce::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "4000::1", "e000::1"),
]
"""Addresses that are not of the public internet, one or more of each range."""

LITERALS = [f"http://{f'[{one}]' if ':' in one else one}:{{port}}/" for one in FORBIDDEN]

HIDDEN = [
    f"http://{host}:{{port}}/"
    for host in (
        *("2130706433", "0x7f000001", "0x7F000001", "017700000001", "0177.0.0.1", "0177.0000.0000.0001", "0x7f.1"),
        *("0x7f.0x0.0x0.0x1", "127.1", "127.0.1", "127.0.0.01", "127.0.0.1.", "00000127.0.0.1", "0", "0.", "0x0"),
        *("00", "1", "127", "127.0x1", "3232235521", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "169.16689662"),
        *("0x7f.0.0.0x1", "127.0.0.0x1", "127.0.0.1e0", "4294967295", "4294967296", "99999999999", "0x100000000"),
        *("127.0.0.256", "1.2.3.4.5", "127.0.0.1.1", "example.0x7f", "example.123", "08.08.08.08", "0x.0x.0x.0x"),
        *("127。0。0。1", "127.0.0。1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "127｡0｡0｡1", "0ｘ7f000001", "locａlhost"),  # noqa: RUF001
        *("localhost", "LOCALHOST", "localhost.", "loc%61lhost", "127.0.0.%31", "127%2e0%2e0%2e1", "%6c%6f.test"),
        *("[::1%25lo]", "[fe80::1%25eth0]", "[::ffff:127.0.0.1%25lo]", "[0::1]", "[0:0:0:0:0:0:0:1]", "[::0001]"),
        *("[127.0.0.1]", "[::1", "::1]", "[]", "[::ffff:0x7f.1]", "[v1.127.0.0.1]", "[localhost]"),
    )
]
"""Addresses in disguise: numbers of other bases and lengths, dots and digits of other scripts, escapes, scopes."""

NAMES = [f"http://{name}.test:{{port}}/" for name in ("private", "mixed", "mapped", "translated", "metadata", "six")]
"""Names that stand for such addresses, alone or beside public ones."""

TRICKS = [
    *("http://user@127.0.0.1:{port}/", "http://user:pass@public.test:{port}/", "http://public.test@127.0.0.1:{port}/"),
    *("http://public.test:80@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@public.test/", "http://@127.0.0.1:{port}/"),
    *("http://127.0.0.1:{port}\\@public.test/", "http://public.test\\@127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}/"),
    *("http://public.test\r\n127.0.0.1:{port}/", "http://127.0.0.1\r\n:{port}/", "http://public.test/\r\nhost: x/"),
    *("http://public.test/a b", "http://public.test/\x00", "\thttp://127.0.0.1:{port}/", " http://127.0.0.1:{port}/"),
    *("http://127.0.0.1\t:{port}/", "http://127.0.0.1\u2028:{port}/", "http://\u200b127.0.0.1:{port}/"),
    *("http:/127.0.0.1:{port}/", "http:127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "//127.0.0.1:{port}/"),
    *(
        "127.0.0.1:{port}",
        "127.0.0.1",
        "http://",
        "http://:{port}/",
        "https://",
        "",
        "http://.:{port}/",
        "http://..test/",
    ),
    *("http://127.0.0.1:{port}:80/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:-1/"),
    *("http://127.0.0.1:+{port}/", "http://127.0.0.1: {port}/", "http://127.0.0.1:\uff10/", "http://-bad.test:{port}/"),
    *("http://public_.te$t:{port}/", "http://a,b.test:{port}/", "http://a;b.test:{port}/", "http://(a).test:{port}/"),
    "http://" + "a" * 64 + ".test:{port}/",
    "http://public.test/" + "a" * 2000,
]

SCHEMES = [
    f"{scheme}://127.0.0.1:{{port}}/"
    for scheme in (
        *("file", "ftp", "ftps", "gopher", "dict", "ldap", "tftp", "sftp", "ssh", "ws", "wss", "jar", "data", "unix"),
        *("http+unix", "httpx", "HTTPS+x", "javascript", "netdoc", "php", "expect", "smb", "redis"),
    )
] + ["file:///etc/passwd", "javascript:alert(1)", "data:text/plain,x", "unix:/run/docker.sock", "http+unix://%2Frun/"]

PORTS = [
    f"{scheme}://public.test:{port}/"
    for scheme, port in product(("http", "https"), (1, 7, 21, 22, 23, 25, 110, 111, 139, 143, 445, 465, 587, 993, 1023))
]

TARGETS = LITERALS + HIDDEN + NAMES + TRICKS + SCHEMES + PORTS
