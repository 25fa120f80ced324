# auth_jwt_key_cache keeps keys for each Host, and clients make up as many Hosts as they like. They do not make nginx ask as
# often: names that are not the server's own share a budget.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(time);

my $as   = run_origin();
my $port = $as->port;
my @names = qw(own named wild kept case mixed);
$as->answer("/$_", body => jwks('p256'), delay => 0.2) for @names;
my $nginx = run_nginx(<<"CONF", {}, connections => 1024);
    auth_jwt "site";
    auth_jwt_key_cache 1h;
    server {
        listen 127.0.0.1:%%PORT%%;
        server_name api.example.com www.example.com;
        location /own   { auth_jwt_key_request /_as/own;   %%OK%% }
        location /case  { auth_jwt_key_request /_as/case;  %%OK%% }
        location /kept  { auth_jwt_key_request /_as/kept; auth_jwt_key_cache 1s; %%OK%% }
        location /mixed { auth_jwt_key_request /_as/mixed; %%OK%% }
        location /_as/  { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        server_name wild.example.com *.wild.example.com;
        location /wild  { auth_jwt_key_request /_as/wild; %%OK%% }
        location /many  { auth_jwt_key_request /_many; %%OK%% }
        location = /_many { internal; auth_jwt off; rewrite ^ /many/\$host break; proxy_pass http://127.0.0.1:$port; }
        location /_as/  { internal; auth_jwt off; proxy_pass http://127.0.0.1:$port/; }
    }
CONF
my ($good, $forged) = (mint('p256'), mint('p256_other'));
$nginx->keep_out_of_log($good, $forged);
sub hits ($path) { return scalar(() = $as->requests($path)) }
sub raw ($path, $host, $token = $good, $target = $path) { return [$path, raw => "GET $target HTTP/1.1\r\nHost: $host\r\nConnection: close\r\nAuthorization: Bearer $token\r\n\r\n"] }
sub status ($path, $host, @more) { my ($where, @request) = @{ raw($path, $host, @more) }; return $nginx->get($where, @request)->status }

# --- spellings of one name

is status('/case', $_), 200, "$_: passes" for 'api.example.com', 'API.example.com', 'Api.Example.Com';
is hits('/case'), 1, 'in one case or another, a Host is one Host';

# --- strangers

my $start = time;
my @responses = $nginx->get_at_once(map { raw('/own', "api.example.com:$_", $forged) } 1 .. 60);
push @responses, $nginx->get_at_once(map { raw('/own', "h$_.example.org", $forged) } 1 .. 60);
push @responses, $nginx->get_at_once(map { raw('/own', 'api.example.com', $forged, "http://h$_.example.org/own") } 1 .. 60);
my $most = 17 + int(time - $start);
cmp_ok hits('/own'), '<=', $most, '180 made up names, in Host or in the request line, ask sixteen times and then once in a second';
cmp_ok hits('/own'), '>=', 16, 'sixteen pass';
my @refused = grep { $_->status == 503 } @responses;
cmp_ok scalar @refused, '>=', 180 - $most, 'all others are told to come back';
is scalar(grep { ($_->header('Retry-After') // '') !~ /\A[1-9]\d*\z/ } @refused), 0, 'with Retry-After';
like $nginx->log, qr/no keys are kept for this Host, which is not the server's own, .*name it in "server_name"/, 'and the log says why';

# --- the server's own names, meanwhile

my $number = $nginx->port;
is status('/own', $_), 200, "$_ is the server's own" for 'api.example.com', 'www.example.com', "WWW.example.com:$number", '127.0.0.1', "127.0.0.1:$number";
my @wild = $nginx->get_at_once(map { raw('/wild', "t$_.wild.example.com") } 1 .. 40);
is scalar(grep { $_->status == 200 } @wild), 40, 'with wildcards, all are';
is hits('/wild'), 40, 'and each asks for itself';

# --- what is kept of them

$as->answer('/many/wild.example.com', body => jwks('p256'));
$as->answer('/many/down.wild.example.com', status => 500);
is status('/many', 'wild.example.com'), 200, 'a name that the operator wrote';
for my $round (1 .. 4) {
    my @made_up = map { "n$round-$_.wild.example.com" } 1 .. 100;
    if ($round % 2) { $as->answer("/many/$_", body => jwks('p256')) for @made_up }
    $nginx->get_at_once(map { raw('/many', $_) } @made_up);
}
is hits("/many/n$_-100.wild.example.com"), 1, "made up names, with keys or without: $_" for 1 .. 4;
is status('/many', 'wild.example.com'), 200, 'they push out no keys of the name that the operator wrote';
is hits('/many/wild.example.com'), 1, 'which are not asked for again';

# --- what is kept, and what is under way, costs nothing

ok wait_for(20, sub { status('/kept', 'stranger.example.org') == 200 }), 'after a while a stranger gets keys';
my $before = hits('/kept');
$nginx->get_at_once(map { raw('/own', "again$_.example.org", $forged) } 1 .. 40);
ok wait_for(10, sub { status('/kept', 'stranger.example.org') != 200 ? die "refused\n" : hits('/kept') > $before }), 'renews them when others have spent the budget';
my @same;
ok wait_for(20, sub { @same = map { $_->status } $nginx->get_at_once(map { raw('/mixed', 'one.example.org') } 1 .. 10); $same[0] == 200 }), 'the next one gets keys, too';
is "@same", join(' ', (200) x 10), 'and all who wait for the same';

finish();
