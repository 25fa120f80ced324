package TestNginx::Http;

# An HTTP/1.1 client that sends any bytes it is given, and tells apart all that came back.

use v5.36;

use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

sub open_connection ($port) {
    return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Timeout => 5)
        // die "connect to port $port: $!\n";
}

# Sends bytes, reads to the end of the connection, returns all the responses.
sub exchange ($port, $bytes, $timeout) {
    my $connection = open_connection($port);
    send_bytes($connection, $bytes);
    return parse_responses(read_to_end($connection, $timeout));
}

sub send_bytes ($connection, $bytes) {
    local $SIG{PIPE} = 'IGNORE';    # a server may answer and close before it has read everything
    my $sent = 0;
    while ($sent < length $bytes) {
        $sent += syswrite($connection, $bytes, length($bytes) - $sent, $sent) // last;
    }
    return;
}

sub read_to_end ($connection, $timeout) {
    my $deadline = time + $timeout;
    my $select   = IO::Select->new($connection);
    my $bytes    = '';
    while ((my $left = $deadline - time) > 0) {
        $select->can_read($left) or last;
        sysread($connection, $bytes, 65536, length $bytes) or return $bytes;
    }
    die "no end of the response within $timeout s; so far: " . substr($bytes, 0, 200) . "\n";
}

# One response, of a connection that goes on; it must say how long it is.
sub read_response ($connection, $timeout) {
    my $deadline = time + $timeout;
    my $select   = IO::Select->new($connection);
    my $bytes    = '';
    until ($bytes =~ /\r\n\r\n/ && is_whole($bytes)) {
        my $left = $deadline - time;
        $left > 0 && $select->can_read($left) && sysread($connection, $bytes, 65536, length $bytes)
            or die "no whole response: " . substr($bytes, 0, 200) . "\n";
    }
    return (parse_responses($bytes))[0];
}

sub is_whole ($bytes) {
    my ($head, $body) = split /\r\n\r\n/, $bytes, 2;
    return $body =~ /(?:\A|\r\n)0\r\n\r\n\z/ if $head =~ /^Transfer-Encoding:\s*chunked/mi;
    my ($length) = $head =~ /^Content-Length:\s*(\d+)/mi or die "a response without a length\n";
    return length $body >= $length;
}

sub parse_responses ($bytes) {
    my @responses;
    while ($bytes =~ s{\AHTTP/1\.[01] (\d{3})[^\r\n]*\r\n(.*?\r\n)??\r\n}{}s) {
        my ($status, $block) = ($1, $2 // '');
        my @headers  = map { [split /:\s*/, $_, 2] } split /\r\n/, $block;
        my $response = bless { status => $status, headers => \@headers }, 'TestNginx::Response';
        $response->{body} = take_body($response, \$bytes);
        push @responses, $response;
    }
    return @responses;
}

sub take_body ($response, $rest) {
    return '' if $response->status =~ /^(1..|204|304)$/;
    return take_chunks($rest) if ($response->header('Transfer-Encoding') // '') eq 'chunked';
    my $length = $response->header('Content-Length') // length $$rest;
    return substr $$rest, 0, $length, '';
}

sub take_chunks ($rest) {
    my $body = '';
    while ($$rest =~ s/\A([0-9a-f]+)\r\n//i) {
        my $size = hex $1;
        $body .= substr $$rest, 0, $size, '';
        $$rest =~ s/\A\r\n//;
        last if !$size;
    }
    return $body;
}

package TestNginx::Response;

sub status ($self) { return $self->{status} }
sub body ($self)   { return $self->{body} }

sub headers ($self, $name) {
    return map { $_->[1] } grep { lc $_->[0] eq lc $name } @{ $self->{headers} };
}

# The header's value; undef when it is absent. Repeated headers show, joined by " | ".
sub header ($self, $name) {
    my @values = $self->headers($name);
    return @values ? join ' | ', @values : undef;
}

1;
