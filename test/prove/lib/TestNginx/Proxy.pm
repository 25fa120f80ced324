package TestNginx::Proxy;

# A small HTTP proxy (RFC 9110 section 9.3.6: CONNECT; and http URLs as they are). It knows all names below "test", as
# 127.0.0.1, which nobody else does; and remembers what it was asked, as Origin does.

use v5.36;
use parent -norequire, 'TestNginx::Origin';

use IO::Select;
use IO::Socket::INET;
use MIME::Base64 qw(encode_base64);
use TestNginx::Origin;

# credentials => 'name:password': whoever does not send them gets 407. refuse => status: for everybody.
sub start_with ($class, %options) {
    my $self = bless { dir => File::Temp->newdir, answers => {}, %options }, $class;
    return $self->restart;
}

sub respond ($self, $connection) {
    my $request = TestNginx::Origin::read_request($connection) or return;
    $self->remember($request);
    return answer($connection, $self->{refuse}) if $self->{refuse};
    my $sent = TestNginx::Origin::header($request, 'Proxy-Authorization') // '';
    return answer($connection, 407) if $self->{credentials} && $sent ne 'Basic ' . encode_base64($self->{credentials}, '');
    my ($host, $port, $path) = $request->{uri} =~ m{\A(?:http://)?([^/:]+):(\d+)(/.*)?\z} or return answer($connection, 400);
    $host = '127.0.0.1' if $host =~ /\.test\z/;
    my $server = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port) or return answer($connection, 502);
    if ($request->{method} eq 'CONNECT') {
        syswrite $connection, "HTTP/1.1 200 Connected\r\nX-Of-Proxy: yes\r\nContent-Encoding: br\r\n\r\n";
    } else {
        my @headers = grep { $_->[0] !~ /\A(?:Proxy-.*|Connection)\z/i } @{ $request->{headers} };
        syswrite $server, join "\r\n", "$request->{method} $path HTTP/1.1", (map { "$_->[0]: $_->[1]" } @headers), 'Connection: close', '', $request->{body};
    }
    return relay($connection, $server);
}

sub answer ($connection, $status) {
    syswrite $connection, "HTTP/1.1 $status No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    return;
}

sub relay ($one, $other) {
    my $select = IO::Select->new($one, $other);
    while (my @ready = $select->can_read(20)) {
        for my $from (@ready) {
            my $to = $from == $one ? $other : $one;
            sysread($from, my $bytes, 65536) or return;
            syswrite $to, $bytes;
        }
    }
    return;
}

1;
