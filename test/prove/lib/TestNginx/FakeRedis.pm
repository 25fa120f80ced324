package TestNginx::FakeRedis;

# What speaks like a Redis server, or not: a process that sends given bytes in answer to each read.

use v5.36;

use IO::Select;
use IO::Socket::INET;
use POSIX ();

my @all;

# start(answer): the bytes; or a function of what was read and of how many reads there were, which returns them, or undef to close.
# Options: greeting => bytes for each connection.
sub start ($class, $answer, %options) {
    my $listening = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) // die "no free port: $!\n";
    my $self = bless { port => $listening->sockport }, $class;
    $self->{pid} = fork // die "fork: $!\n";
    if (!$self->{pid}) {
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP ALRM);
        $SIG{PIPE} = 'IGNORE';
        eval { serve($listening, $answer, $options{greeting} // '') };
        POSIX::_exit(0);
    }
    push @all, $self;
    return $self;
}

sub address ($self) { return "127.0.0.1:$self->{port}" }

sub serve ($listening, $answer, $greeting) {
    my $ready = IO::Select->new($listening);
    my %reads;
    while (1) {
        for my $socket ($ready->can_read) {
            if ($socket == $listening) {
                my $client = $listening->accept;
                syswrite $client, $greeting if $greeting ne '';
                $ready->add($client);
                next;
            }
            my $got   = sysread $socket, my $bytes, 65536;
            my $reply = $got ? (ref $answer ? $answer->($bytes, $reads{$socket}++) : $answer) : undef;
            if (!defined $reply) {
                delete $reads{$socket};
                $ready->remove($socket);
                close $socket;
                next;
            }
            write_all($socket, $reply);
        }
    }
    return;
}

sub write_all ($socket, $bytes) {
    while ($bytes ne '') {
        my $written = syswrite($socket, $bytes) // return;
        substr $bytes, 0, $written, '';
    }
    return;
}

sub stop ($self) {
    my $pid = delete $self->{pid} // return;
    kill 'KILL', $pid;
    waitpid $pid, 0;
    return;
}

END { local $?; $_->stop for @all }

1;
