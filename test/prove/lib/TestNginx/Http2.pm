package TestNginx::Http2;

# An HTTP/2 client (RFC 9113, without TLS) for one request with any headers and a body, of which it reads the status. It
# sends all at once, and does not mind that a server answers and resets the stream before it has read the body; curl loses
# such responses now and then.

use v5.36;

use IO::Select;
use Time::HiRes qw(time);

use TestNginx::Http;

my ($data, $headers, $rst_stream, $settings, $goaway) = (0, 1, 3, 4, 7);    # types of frames
my ($end_stream, $end_headers, $ack) = (1, 4, 1);                           # flags

# The status of the response, when all of it has arrived. `fields`: ['Name: value', ...].
sub status ($port, $method, $path, $fields, $body, $timeout) {
    my @pseudo = ([':method', $method], [':scheme', 'http'], [':path', $path], [':authority', "127.0.0.1:$port"]);
    my @length = defined $body ? ['content-length', length $body] : ();
    my $block  = join '', map { field(@$_) } @pseudo, (map { [split /: /, $_, 2] } @$fields), @length;
    my $bytes  = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" . frame($settings, 0, 0, '');
    $bytes .= frame($headers, $end_headers | (defined $body ? 0 : $end_stream), 1, $block);
    $bytes .= frame($data, $end_stream, 1, $body) if defined $body;
    my $connection = TestNginx::Http::open_connection($port);
    TestNginx::Http::send_bytes($connection, $bytes);
    return read_status($connection, time + $timeout) // die "$method $path: HTTP/2: no whole response\n";
}

sub read_status ($connection, $deadline) {
    my $status;
    while (my ($type, $flags, $stream, $payload) = read_frame($connection, $deadline)) {
        TestNginx::Http::send_bytes($connection, frame($settings, $ack, 0, '')) if $type == $settings && !($flags & $ack);
        $status = status_in($payload) if $type == $headers && $stream == 1;
        return $status if $stream == 1 && ($type == $rst_stream || $type <= $headers && $flags & $end_stream);
        return if $type == $goaway;
    }
    return;
}

# The first field of a response is its status: by its place in the static table, or in digits (RFC 7541 section 6).
sub status_in ($block) {
    state $table = [200, 204, 206, 304, 400, 404, 500];
    $block =~ s/\A[\x20-\x3F]+//;    # the table's size
    return $table->[ord($1) - 0x88] if $block =~ /\A([\x88-\x8E])/;
    return $block =~ /\A[\x08\x18\x48]\x03(\d{3})/ ? $1 : die "HTTP/2: no status: " . unpack('H*', $block) . "\n";
}

sub read_frame ($connection, $deadline) {
    my ($high, $low, $type, $flags, $stream) = unpack 'C n C C N', read_exactly($connection, 9, $deadline) // return;
    return ($type, $flags, $stream, read_exactly($connection, $high << 16 | $low, $deadline) // return);
}

sub read_exactly ($connection, $size, $deadline) {
    my ($bytes, $select) = ('', IO::Select->new($connection));
    while (length $bytes < $size) {
        my $left = $deadline - time;
        $left > 0 && $select->can_read($left) && sysread($connection, $bytes, $size - length $bytes, length $bytes) or return;
    }
    return $bytes;
}

sub frame ($type, $flags, $stream, $payload) {
    return pack('C n C C N', length($payload) >> 16, length($payload) & 0xFFFF, $type, $flags, $stream) . $payload;
}

# A literal field that no table remembers.
sub field ($name, $value) { return "\0" . join '', map { text($_) } lc $name, $value }

sub text ($text) {
    my ($length, $bytes) = (length $text, '');
    return chr($length) . $text if $length < 127;
    for ($length -= 127; $length >= 128; $length >>= 7) { $bytes .= chr($length & 127 | 128) }
    return "\x7F$bytes" . chr($length) . $text;
}

1;
