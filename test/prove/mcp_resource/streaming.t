# Event streams: the first event reaches the client before the last is produced, without "proxy_buffering off"; a quiet
# stream is not cut; a client that leaves is felt by the backend at once (SPEC 43, 44).
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use IO::Select;
use IO::Socket::INET;

# The backend, in this very process: nothing happens unless the test makes it happen.
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 8) // die "listen: $!\n";
my $port     = $listener->sockport;
my $proxy    = "proxy_pass http://127.0.0.1:$port;";
my $nginx    = run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') });
    mcp_scopes_supported mcp:read;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /mcp    { $protected $proxy }
        location /rules  { $protected mcp_scope mcp:read; mcp_scope x tool=y; $proxy }
        location /http11 { $protected proxy_http_version 1.1; proxy_set_header Connection ""; $proxy }
        location /short  { $protected proxy_read_timeout 1s; $proxy }
    }
CONF
my $token = access_token();

sub accept_one () {
    IO::Select->new($listener)->can_read(10 * $TestNginx::patience) or die "nginx did not come\n";
    my $connection = $listener->accept;
    my $bytes      = '';
    sysread $connection, $bytes, 65536, length $bytes or die "no request\n" until $bytes =~ /\r\n\r\n/;
    return $connection;
}
sub say_to ($connection, $bytes) { syswrite $connection, $bytes or die "write: $!\n"; return }

# Reads until the bytes are there; false when they did not come in time.
sub hears ($client, $wanted, $seconds = 10) {
    my $bytes = '';
    return wait_for($seconds, sub {
        IO::Select->new($client)->can_read(0.05) and sysread $client, $bytes, 65536, length $bytes;
        return $bytes =~ $wanted;
    });
}
sub is_closed ($connection) {
    return wait_for(10, sub { IO::Select->new($connection)->can_read(0.05) && !sysread $connection, my $ignored, 65536 });
}
sub stream ($path, $type = 'text/event-stream', %request) {
    my $client  = $nginx->begin($path, token => $token, %request);
    my $backend = accept_one();
    say_to($backend, "HTTP/1.1 200 OK\r\nContent-Type: $type\r\n\r\n");
    return ($client, $backend);
}

for my $case (['/mcp'], ['/http11'], ['/mcp', 'Text/Event-Stream; charset=utf-8'], ['/rules', 'text/event-stream', method => 'POST', body => message('tools/list')]) {
    my ($client, $backend) = stream(@$case);
    my $name = join ' ', map { $_ // () } @$case[0, 1];
    say_to($backend, "data: first\n\n");
    ok hears($client, qr/data: first\n\n/), "SPEC 44: $name: the first event arrives while the stream is open";
    say_to($backend, "data: second\n\n");
    ok hears($client, qr/data: second\n\n/), 'and so does the next';
    close $client;
    ok is_closed($backend), "SPEC 43: $name: the backend feels at once that the client left";
}

my ($client, $backend) = stream('/mcp', 'application/json');
say_to($backend, '{"partial":');
ok !hears($client, qr/partial/, 0.3), 'what is no event stream is buffered as nginx does';
close $client;
close $backend;

($client, $backend) = stream('/short');
say_to($backend, "data: first\n\n");
ok hears($client, qr/first/), 'an event';
ok !wait_for(2.5 / $TestNginx::patience, sub { 0 }), 'a silence longer than proxy_read_timeout';
say_to($backend, "data: later\n\n");
ok hears($client, qr/later/), 'SPEC 44: a quiet stream is not cut';
close $backend;
ok is_closed($client), 'when the backend ends it, it ends';

$client  = $nginx->begin('/short', token => $token);
$backend = accept_one();
ok hears($client, qr/ 504 /, 10), 'a backend that says nothing at all is still cut';

my $waiting = $nginx->begin('/mcp', token => $token);
$backend = accept_one();
close $waiting;
ok is_closed($backend), 'SPEC 43: a client that leaves before the first byte';

finish();
