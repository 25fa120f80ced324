# Requests that wait for Redis are bounded, and no caller takes the places of the others: with whatever tokens, at whatever
# addresses and resources, whether it waits, or goes away before the reply is there.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;
use TestNginx::Mcp;
use TestNginx::Redis;

my $places    = 1000;            # of a worker
my $of_caller = $places / 4;
my $more      = 20;
my $redis     = TestNginx::Redis->start;
my $other     = 'https://mcp.example.com/other';

sub limited_nginx ($on_error) {
    return run_nginx(<<"CONF", { 'jwks.json' => jwks('p256') }, connections => 2 * $places);
        mcp_redis @{[ $redis->address ]} timeout=10s on_error=$on_error;
        mcp_authorization_server https://as.example.com;
        mcp_jwks jwks.json;
        set_real_ip_from 127.0.0.1;
        real_ip_header X-Client;
        server {
            listen 127.0.0.1:%%PORT%% backlog=1024;
            location /mcp   { mcp_resource $resource; mcp_rate_limit rate=1000r/s burst=10000; mcp_allow_anonymous ping; %%OK%% }
            location /other { mcp_resource $other; mcp_rate_limit rate=999r/s burst=9999 by=client; %%OK%% }
        }
CONF
}

my $nginx;
my %tokens;

# caller: the subject of a token; none: a stranger at that address.
sub begin ($caller, %where) {
    my ($path, $address) = ($where{path} // '/mcp', $where{address} // '192.0.2.1');
    my $aud = $path eq '/mcp' ? $resource : $other;
    my @headers = ("X-Client: $address");
    return $nginx->begin($path, method => 'POST', body => message('ping'), headers => \@headers) if !defined $caller;
    $tokens{"$caller $path"} //= [map { access_token(sub => $caller, aud => $aud, jti => "$_", client_id => "client-$_") } 1 .. 3];
    return $nginx->begin($path, token => $tokens{"$caller $path"}[rand 3], headers => \@headers);
}
sub status_of ($connection) { return TestNginx::Http::read_response($connection, 20 * $TestNginx::patience)->status }
sub refused ()              { return scalar grep { /limits_unavailable: .*wait for Redis/ } split /\n/, $nginx->log }
sub left ()                 { return scalar(() = $nginx->log =~ /client prematurely closed connection/g) }

for my $on_error ('deny', 'allow') {
    $nginx = limited_nginx($on_error);
    is status_of(begin('alice')), 200, "on_error=$on_error: Redis counts";
    $redis->hang;

    my @gone = map { begin('alice', path => $_ % 2 ? '/mcp' : '/other', address => '192.0.2.' . $_ % 9) } 1 .. $of_caller + $more;
    ok wait_for(20, sub { refused() == $more }), 'one caller has a quarter of the places' or diag refused();
    like $nginx->log, qr/too many requests of this caller wait for Redis at \S+ already/, '... and the log says so';
    undef @gone;
    ok wait_for(20, sub { left() == $of_caller }), '... and goes away' or diag left();
    is status_of(begin('alice')), 503, '... but Redis was asked, and it keeps its places' for 1 .. 3;

    my @others = map { begin(undef, address => '192.0.2.' . $_ % 2) } 1 .. 2 * $of_caller;
    is status_of(begin(undef, address => '192.0.2.9')), 503, 'strangers have half of them, at however many addresses';
    push @others, map { begin('bob') } 1 .. $of_caller;
    is status_of(begin('carol')), 503, 'all together have as many as there are';
    is refused(), $more + 5, '... and nobody else was refused';
    like $nginx->log, qr/too many requests$_ wait for Redis at \S+ already/, "... and the log says: $_" for ' of unknown callers', '';
    $redis->go_on;
    my %statuses;
    $statuses{ status_of($_) }++ for @others;
    undef @others;
    is_deeply \%statuses, { 200 => $of_caller, 405 => 2 * $of_caller }, '... they wait, and pass';
    is status_of(begin($_)), 200, "... and so does $_ afterwards" for qw(alice bob carol);
    $nginx->stop;
}

finish;
