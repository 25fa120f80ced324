# Servers that send without end what no limit on the size of an answer sees: it ends with its time, and until then the worker
# serves everybody else.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;

use IO::Select;

my $as   = run_origin();
my $port = $as->port;
my $base = "http://127.0.0.1:$port";
my $ask  = 'client_id=c client_secret_file=secret';
my %head = (
    extension => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
    zeros     => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    interim   => '',
    headers   => "HTTP/1.1 200 OK\r\n",
    header    => "HTTP/1.1 200 OK\r\nX: ",
);
my %flood = (extension => 'a' x 65536, zeros => '0' x 65536, interim => "HTTP/1.1 102 Processing\r\n\r\n" x 1000,
    headers => "X-Filler: @{['a' x 100]}\r\n" x 500, header => 'a' x 65536);
$as->answer("/$_", first => $head{$_}, flood => $flood{$_}) for keys %head;
my $locations = join '', map {
    "location /$_ { mcp_resource https://mcp.example.com/$_; mcp_audience $resource; mcp_introspection $base/$_ $ask; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }\n"
} sort keys %head;
my $nginx = run_nginx(<<"CONF", { secret => "s\n" });
    mcp_zone mcp 1m;
    mcp_authorization_server $base;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /plain { return 200 plain; }
        $locations
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 passed; }
CONF

my $before = $nginx->kilobytes;
for my $name (sort keys %head) {
    my @begun = map { $nginx->begin("/$name", token => "$name-$_") } 1 .. 2;
    ok wait_for(10, sub { (() = $as->requests("/$name")) == 2 }), "$name: two endless answers";
    my ($served, $over) = (0, IO::Select->new(@begun));
    # A worker that is held answers when they are over, which does not count. How many it answers before is the machine's speed: one turn of its loop is enough for this one.
    until ($served || $over->can_read(0)) { $served++ if $nginx->get('/plain')->status == 200 && !$over->can_read(0) }
    ok $served, '... others are served before they are over' if $name eq 'extension';    # libcurl itself ends the other kinds
    is join(' ', map { (TestNginx::Http::parse_responses(TestNginx::Http::read_to_end($_, 20)))[0]->status } @begun), join(' ', (503) x 2), '... and they are of no use';
}
cmp_ok $nginx->kilobytes($nginx->worker_pid, 'VmHWM') - $before, '<', 20_000, 'nothing of it is kept';
like join("\n", $nginx->log_lines), $_, '... and the log says why' for qr/a line of the header is too large/, qr/Too large response headers/;
finish();
