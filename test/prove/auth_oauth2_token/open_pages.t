# A page that is open to all includes locations that ask the authorization server: its subrequests wait for questions of each
# other's, in whatever order nginx comes to them, and clients leave in the middle.
use v5.36;
use FindBin;
use lib "$FindBin::Bin/../lib";
use TestNginx;

use Time::HiRes qw(sleep);

my $as   = run_origin();
my $port = $as->port;
$as->answer('/introspect', body => '{"active":true}', delay => 0.1);
$as->answer('/token', body => '{"access_token":"new","token_type":"Bearer","issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}', delay => 0.1);
my $include = sub ($path, $more = '') { qq(<!--# include virtual="$path"$more -->) };
my %pages = (
    'in-memory.html' => 'A' . $include->('/exchange/1') . 'C' . $include->('/introspect/1') . $include->('/introspect/2', ' set="v"') . 'D',
    'in-turn.html'   => 'A' . $include->('/introspect/1') . $include->('/exchange/1') . 'C' . $include->('/introspect/2') . 'D',
);
my $nginx = run_nginx(<<"CONF", \%pages, connections => 1024);
    auth_oauth2_token_client_id gateway;
    auth_oauth2_token_client_secret secret;
    auth_oauth2_token_request_limits per_client=256;
    auth_oauth2_token_introspect_endpoint /_as/introspect;
    auth_oauth2_token_token_endpoint /_as/token;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in-          { ssi on; root %%TESTDIR%%; }
        location /introspect/  { auth_oauth2_token_introspect on; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /exchange/    { auth_oauth2_token_exchange on; proxy_pass http://127.0.0.1:%%PORT_BACK%%; }
        location /_as/         { internal; proxy_pass http://127.0.0.1:$port/; }
    }
    server { listen 127.0.0.1:%%PORT_BACK%%; return 200 B; }
CONF
my $worker = $nginx->worker_pid;
my %whole  = ('/in-memory.html' => 'ABCBD', '/in-turn.html' => 'ABBCBD');
my $number = 0;

for my $page (sort keys %whole) {
    is $nginx->get($page, token => 'good-' . ++$number)->body, $whole{$page}, "$page: every part comes, once";
    for my $pause (map { $_ * 0.02 } 0 .. 20) {
        my @leaving = map { $nginx->begin($page, token => 'good-' . ++$number) } 1 .. 3;
        sleep $pause;
    }
    my @pages = $nginx->get_at_once(map { [$page, token => 'good-' . ++$number] } 1 .. 40);
    is scalar(grep { $_->status == 200 && $_->body eq $whole{$page} } @pages), 40, "$page: forty at once";
    is $nginx->worker_pid, $worker, "$page: the worker lives";
}
finish();
